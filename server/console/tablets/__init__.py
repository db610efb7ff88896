"""Station tablets: enrolment for a station, codes of persons, PINs, and the secret of the rotating code."""
