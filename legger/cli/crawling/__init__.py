"""Commands about sites, crawls and the clock."""
