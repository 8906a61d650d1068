"""Sites of the archive that the operator has taken out of use."""

from __future__ import annotations

from archive import Archive
from archive.operations.schedule import BULK
from archive.operations.site_files import SITE
from crawler.siteconfig.files import operators_folder, shipped_names, site_names


def retired_sites(archive: Archive) -> list[str]:
    """Sites with something on record whose file was taken out of the operator's folder, by name.

    None where that folder is not to be found: who asks may stand elsewhere; nor, where many machines share
    the archive, one that is published there. Nor is a shipped site that is crawled by its name, and was
    never on the schedule.
    """
    if not operators_folder().is_dir():
        return []
    shared = [] if archive.fleet.on_one_machine else archive.site_files.current()
    in_use = {*site_names(), *(each.name for each in shared if each.kind == SITE and each.text is not None)}
    scheduled = {each.site for each in archive.schedule.entries() if each.kind not in BULK}
    by_name = {*shipped_names()} - scheduled
    return sorted({*archive.runs.last(), *scheduled} - in_use - by_name)
