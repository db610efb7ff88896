"""Devices: last contact, what has arrived, enrolment codes, revocation."""
