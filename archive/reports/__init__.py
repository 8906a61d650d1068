"""Reports: digests, disk use, growth."""
