"""Links: discovered, normalized, recorded, followed."""
