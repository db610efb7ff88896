"""The dashboard: what came in today, what waits for somebody; every number leads to its records."""
