"""``python -m legger.practice serve``: the newspaper as a process of its own. Prints its addresses."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from legger.practice.newspaper import Newspaper


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; the clock is ``LEGGER_NOW``, read at every request."""
    parser = argparse.ArgumentParser(prog="python -m legger.practice", description=__doc__)
    serve = parser.add_subparsers(dest="command", required=True).add_parser("serve", help="serve every house")
    serve.add_argument("--sites", type=Path, required=True, help="folder to write the site files into")
    serve.add_argument("--port", type=int, default=0, help="port on every address; 0: any")
    serve.add_argument("--seed", type=int, default=1)
    serve.add_argument("--articles", type=int, default=40, help="articles per house at the opening")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with Newspaper(seed=options.seed, port=options.port, articles=options.articles) as paper:
        paper.write_sites(options.sites)
        for house in paper.houses:
            sys.stdout.write(f"{house.name}\t{house.base}/\t{house.platform}".rstrip() + "\n")
        sys.stdout.flush()
        while not stop.wait(1):
            pass


if __name__ == "__main__":
    main()
