"""Priorities of the trust and of each school: what everything else is for."""
