"""What a real CouchDB answered, as fixtures that our own server is held against (RELIABILITY T15)."""
