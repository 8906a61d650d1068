"""Benchmarks: figures beside the peers, each a ratio measured in one run."""
