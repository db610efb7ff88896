"""Members: who takes part, in which role, from when to when."""
