"""Figures, each a ratio measured in one run: ``python -m bench [NAME ...]``, one module per bench.

Those of clocks and fleets stand in a folder of their own.

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


def benches() -> dict[str, Path]:
    """Name of each bench -> its file."""
    here = Path(__file__).parent
    files = sorted([*here.glob("*.py"), *(here / "fleets").glob("*.py")])
    return {file.stem: file for file in files if not file.stem.startswith("_")}


def says(file: Path) -> str:
    """What a bench measures."""
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def main(arguments: list[str]) -> int:
    """Run the benches asked for; 0 when all went well, 2 when there is no such bench."""
    known = benches()
    if arguments and arguments[0] not in known:
        print("There are:" if known else "There are no benches.", file=sys.stderr)
        for name, file in known.items():
            print(f"  {name:12} {says(file)}", file=sys.stderr)
        return 0 if arguments[0] in ("-h", "--help") else 2
    status = 0
    for name in arguments[:1] or USUAL:
        print(f"\n== {name}: {says(known[name])}")
        where = ".".join(known[name].relative_to(Path(__file__).parents[1]).with_suffix("").parts)
        status |= import_module(where).main(arguments[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
