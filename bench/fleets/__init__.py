"""Benches of clocks and fleets, over hours and years."""
