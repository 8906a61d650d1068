"""Answers kept, read and filed; what a redirect leads to; what is learned from what was read."""
