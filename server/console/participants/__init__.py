"""Participants: registered once, by code everywhere, an identity opened by name and with a reason."""
