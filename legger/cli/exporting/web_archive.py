"""Captures as web archives: what ``legger export --format warc`` and ``wacz`` do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from archive import files
from archive.errors import UsageError
from archive.export.web_archives.wacz import Sign, export_wacz
from archive.export.web_archives.warc import Chosen, export_warc
from legger.cli.console import err, known_site, many, reading
from legger.config import Config, load
from legger.outside.stamping import stamp_of

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "KI": 2**10, "MI": 2**20, "GI": 2**30}
SMALLEST = 1000
"""Bytes below which no volume can be bounded: a few records are larger."""


def web_archive(
    where: str | None, output: str | None, form: str, chosen: Chosen, *, packed: bool, size: str
) -> None:
    """Write captures as WARC files or a WACZ file, and say what was written."""
    if output is None or output == "-":
        what = "FILE.wacz" if form == "wacz" else "FOLDER"
        raise UsageError(f"{form} is written to files: name them with -o {what}")
    bound = bytes_of(size)
    config = load(where)
    operator = ", ".join(each for each in (config.organisation, config.contact) if each) or None
    path = Path(output)
    with reading(where) as archive:
        known_site(archive, chosen.site)
        if form == "wacz":
            if not packed:
                raise UsageError("a WACZ file holds packed WARC files: --no-gzip goes with --format warc")
            written = export_wacz(
                archive, path, chosen, operator=operator, size=bound, sign=signature(config)
            )
        else:
            written = export_warc(archive, path, chosen, operator=operator, packed=packed, size=bound)
    volumes = (
        f"{len(written.files)} WARC file{'s' if len(written.files) != 1 else ''}, " if form == "warc" else ""
    )
    err.print(
        f"{volumes}{many(written.captures, 'capture')} ({many(written.revisits, 'revisit')}), "
        f"{many(written.versions, 'version')}, {many(written.screenshots, 'screenshot')}; "
        f"{many(written.missed, 'address', 'addresses')} could not be harvested -> {output}",
        markup=False,
    )
    if written.withheld:
        err.print(f"{many(written.withheld, 'capture')} of articles that may not be shown are left out")


def signature(config: Config) -> Sign | None:
    """What signs a WACZ, as ``[sign]`` and ``[stamp]`` of ``legger.toml`` have it; ``None``: nothing does."""
    if config.sign is None:
        return None
    from archive.export.web_archives.signing import Signer  # which few need

    stamp = config.stamp
    signer = Signer.of(
        files.read(config.sign.key),
        files.read(config.sign.certificate) if config.sign.certificate else None,
        (lambda digest: stamp_of(stamp.url, digest)) if stamp is not None else None,
    )
    return lambda digest: signer.sign(digest, now=datetime.now(UTC))


def bytes_of(text: str) -> int:
    """A size such as ``1GB``, ``500MB`` or ``1GiB`` in bytes. Raises :class:`UsageError`."""
    said = re.fullmatch(r"(\d{1,9}) ?([KMG]I?|)B?", text.strip().upper())
    count = int(said[1]) * _UNITS[said[2]] if said else 0
    if count < SMALLEST:
        raise UsageError(f"{text!r}: expected a size of at least a kilobyte, such as 1GB or 500MB")
    return count
