"""The doors people use: the command line, the practice newspaper. Nobody imports it."""
