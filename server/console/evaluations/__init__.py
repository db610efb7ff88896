"""Evaluations: submitted by the station, reviewed by the township, accepted by the prosecutor; advice."""
