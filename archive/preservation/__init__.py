"""Corpora for repositories: BagIt, RO-Crate, PREMIS."""
