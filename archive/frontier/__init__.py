"""The frontier: addresses that were found, what is due, and what was missed."""
