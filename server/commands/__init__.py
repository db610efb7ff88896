"""The commands of `liandong`: each a few lines over the part that does the work."""
