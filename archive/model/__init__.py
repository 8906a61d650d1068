"""What travels, and what is computed from it without a database: comparison, differences, the hash chain."""
