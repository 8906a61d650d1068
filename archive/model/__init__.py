"""What travels, and pure questions about it: values, comparison, differences, citations, the hash chain. No database."""
