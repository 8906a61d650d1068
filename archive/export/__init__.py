"""Exports: JSON Lines, and the archive in other tools."""
