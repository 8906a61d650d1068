"""Rows of an export in forms of other fields: TEI, networks, Parquet, a section on methods."""
