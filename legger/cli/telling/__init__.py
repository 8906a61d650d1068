"""Commands that tell people: alarms, the digest, what is new for saved queries."""
