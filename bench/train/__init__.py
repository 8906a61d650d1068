"""Trains the block classifier of crawler.extract, and reports it on pages whose sites it never saw."""
