"""The evidence bundle of a case: written here, checked by anybody who has Python (`verifier.py`)."""
