"""Questions to servers that the operator named: time stamps, the Internet Archive; each with a deadline."""
