"""Two articles held against each other, without a database: whether and in what they differ."""
