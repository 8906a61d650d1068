"""The API under schemathesis: whatever its description allows is answered as the description says.

A tool for developers, not part of the locked set: ``make browser`` installs it; skipped without it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.web.serving import serving

TOOL = Path(sys.executable).with_name("schemathesis")


@pytest.mark.skipif(not TOOL.exists(), reason="run `make browser` to have schemathesis")
def test_the_running_api_is_as_it_describes_itself(shelf: Path, tmp_path: Path) -> None:
    with serving(shelf) as room:
        with urlopen(f"{room}/api/v1/openapi.json") as described:
            operations = sum(len(each) for each in json.load(described)["paths"].values())
        # What a query or a cursor means is no matter of schema: those may be refused with 400.
        done = subprocess.run(
            [
                TOOL, "run", f"{room}/api/v1/openapi.json", "--max-examples", "20", "--seed", "1",
                "--phases", "examples,coverage,fuzzing", "--exclude-checks", "positive_data_acceptance",
            ],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:]
    assert re.search(rf"\b{operations}\b", done.stdout), done.stdout[:2000]
