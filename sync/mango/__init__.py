"""Selectors as CouchDB's Mango has them, evaluated here: pure."""
