"""What devices reach over HTTP: the door, state, sessions, the guard of feeds; and the desk's own log."""
