"""Sites of the archive that the operator has taken out of use."""

from __future__ import annotations

from archive import Archive
from crawler.siteconfig.files import operators_folder, shipped_names, site_names


def retired_sites(archive: Archive) -> list[str]:
    """Sites with something on record whose file was taken out of the operator's folder, by name.

    None where that folder is not to be found: who asks may stand elsewhere. Nor is a shipped site that is
    crawled by its name, and was never on the schedule.
    """
    if not operators_folder().is_dir():
        return []
    scheduled = {each.site for each in archive.schedule.entries()}
    by_name = {*shipped_names()} - scheduled
    return sorted({*archive.runs.last(), *scheduled} - {*site_names()} - by_name)
