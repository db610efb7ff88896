"""One day of service at a station, offline in real browsers, sent in the evening in every order."""
