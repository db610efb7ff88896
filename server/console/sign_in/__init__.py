"""Sign in and out, language, own sessions."""
