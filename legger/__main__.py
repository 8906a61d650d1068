"""``python -m legger``: the command line."""

from legger.cli import main

main()
