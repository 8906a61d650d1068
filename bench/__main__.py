"""Figures, each a ratio measured in one run: ``python -m bench [NAME ...]``, one module per bench.

A bench is a module with a function ``main(arguments: list[str]) -> int`` and a first line that says what it
measures; ``python -m bench`` runs those of :data:`USUAL`, ``python -m bench NAME ...`` one with its options.
"""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path

USUAL: tuple[str, ...] = ("reading", "archive", "year")
"""What ``make bench`` runs, in this order."""


def benches() -> dict[str, str]:
    """Name of each bench -> what it measures."""
    found = {}
    for file in sorted(Path(__file__).parent.glob("*.py")):
        if not file.stem.startswith("_"):
            says = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
            found[file.stem] = says.partition("\n")[0]
    return found


def main(arguments: list[str]) -> int:
    """Run the benches asked for; 0 when all went well, 2 when there is no such bench."""
    known = benches()
    if arguments and arguments[0] not in known:
        print("There are:" if known else "There are no benches.", file=sys.stderr)
        for name, says in known.items():
            print(f"  {name:12} {says}", file=sys.stderr)
        return 0 if arguments[0] in ("-h", "--help") else 2
    status = 0
    for name in arguments[:1] or USUAL:
        print(f"\n== {name}: {known[name]}")
        status |= import_module(f"bench.{name}").main(arguments[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
