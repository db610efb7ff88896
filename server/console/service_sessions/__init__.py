"""Sessions of service: the queue that waits for a person, and one session with both sides' evidence."""
