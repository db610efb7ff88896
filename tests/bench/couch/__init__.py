"""Figures of the replication layer beside other servers, alternated in one run on one machine."""
