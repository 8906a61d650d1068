"""The recipes of docs/export.md for Spark and Ray run as they stand, on a folder instead of a bucket."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archive import Archive
from archive.export.choice import RowChoice
from archive.export.exporting import Form, write_export
from tests.archive.newsroom import Filer, article, day

PAGE = Path(__file__).parents[2] / "docs" / "export.md"


def _recipe(library: str) -> str:
    """The code of the page that imports a library."""
    code = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (found,) = [each for each in code if re.search(rf"^(?:from|import) {library}\b", each, re.MULTILINE)]
    return found


@pytest.mark.parametrize(
    ("library", "address"), [("pyspark", "s3a://corpus/parts"), ("ray", "s3://corpus/parts")]
)
def test_a_recipe_counts_what_was_exported(tmp_path: Path, library: str, address: str) -> None:
    code = _recipe(library)
    compile(code, library, "exec")
    assert address in code
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed: it is no dependency of ours")
    if library == "pyspark" and shutil.which("java") is None:
        pytest.skip("Spark needs a Java, and there is none here")
    with Archive.open(tmp_path / "legger.db") as archive:
        desk = Filer(archive)
        for number in range(4):
            url = f"https://krant.example/{number}"
            words = "The bridge is closed." if number % 2 else "The road is open."
            desk.see(article(words, url=url), day(0), key=url, url=url)
        archive.commit()
        write_export(archive, tmp_path / "parts", RowChoice(), Form(name="parquet"))
    (tmp_path / "recipe.py").write_text(code.replace(address, str(tmp_path / "parts")), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "recipe.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "RAY_DEDUP_LOGS": "0"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "krant" in ran.stdout
    assert ran.stdout.split()[-1] == "2", ran.stdout
