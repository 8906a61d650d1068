"""Dates as pages write them."""
