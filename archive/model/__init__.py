"""What travels, and what needs no database: types, answers to questions, citations, the hash chain."""
