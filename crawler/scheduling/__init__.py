"""Scheduling: when an address is asked again, when a site is visited."""
