"""BagIt (RFC 8493): a folder whose every file has its digest, so that anybody can tell that it is whole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archive import files

_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_WIDTH = 76


def seal_bag(folder: Path, info: Iterable[tuple[str, str]]) -> None:
    """Make a bag of a folder whose payload stands in its ``data``; *info* goes into ``bag-info.txt``."""
    payload = _files(folder / "data")
    size = sum(each.stat().st_size for each in payload)
    lines = [*info, ("Payload-Oxum", f"{size}.{len(payload)}")]
    (folder / "bagit.txt").write_text(_DECLARATION, encoding="utf-8", newline="\n")
    (folder / "bag-info.txt").write_text(
        "".join(_folded(name, value) for name, value in lines), encoding="utf-8", newline="\n"
    )
    _digests(folder, "manifest-sha256.txt", payload)
    tags = [folder / name for name in ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")]
    _digests(folder, "tagmanifest-sha256.txt", tags)


def wrong_in_bag(folder: Path) -> list[str]:
    """What is not as a bag's manifests say; an empty list is a whole bag."""
    found = []
    listed: set[str] = set()
    for name in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        try:
            lines = (folder / name).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            found.append(f"{name} cannot be read: {error}")
            continue
        for line in lines:
            digest, _, path = line.partition("  ")
            path = path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
            listed.add(path)
            file = folder / path
            if not file.is_file():
                found.append(f"{path}: is not there")
            elif files.sha256(file) != digest:
                found.append(f"{path}: is not as {name} says")
    payload = [each.relative_to(folder).as_posix() for each in _files(folder / "data")]
    return found + [f"{each}: no manifest names it" for each in payload if each not in listed]


def _files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file())


def _digests(folder: Path, name: str, some: Iterable[Path]) -> None:
    lines = []
    for each in some:
        path = each.relative_to(folder).as_posix()
        path = path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
        lines.append(f"{files.sha256(each)}  {path}\n")
    (folder / name).write_text("".join(lines), encoding="utf-8", newline="\n")


def _folded(name: str, value: str) -> str:
    """A line of ``bag-info.txt``; a long one goes on, indented, on the next."""
    rows, row = [], f"{name}:"
    for word in value.split():
        if len(row) + len(word) + 1 > _WIDTH and row.strip():
            rows.append(row)
            row = f"  {word}"
        else:
            row = f"{row} {word}"
    return "\n".join([*rows, row]) + "\n"
