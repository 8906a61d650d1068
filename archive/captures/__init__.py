"""Captures: answers of servers kept as they came, and how their bytes are compressed."""
