"""Leads: the list, one lead with its photos, steps and proof, and what may be done with it next."""
