"""Monthly reports: from rows of the read model to tables and plots. Pure; no SQL, no HTTP, no clock."""
