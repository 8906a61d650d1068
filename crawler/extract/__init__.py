"""Reading: (capture, site, site memory) -> article. Pure."""
