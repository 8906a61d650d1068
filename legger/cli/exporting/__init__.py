"""Commands that write what the archive holds for other tools, and bring it up to date."""
