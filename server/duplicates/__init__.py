"""Leads that may tell of the same: what speaks for it, and which was there first. A clerk decides. Pure."""

from __future__ import annotations

from server.duplicates.proposals import Ground, LeadFacts, Place, Proposal, earliest_trusted, proposals

__all__ = ["Ground", "LeadFacts", "Place", "Proposal", "earliest_trusted", "proposals"]
