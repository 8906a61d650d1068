"""The query language: what a person types, as a tree, in days, in other forms of its words."""
