"""``legger screenshots``: pictures of archived pages, where sites ask for them."""

from __future__ import annotations

import click

from archive.errors import UsageError
from crawler.siteconfig.files import load_sites
from legger.cli.console import archive_option, err, examples, known_site, many, plain, progress, writing


@click.command(epilog=examples("legger screenshots", "legger screenshots krant --limit 50"))
@archive_option
@click.argument("names", metavar="[SITE]...", nargs=-1)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=1000,
    show_default=True,
    help="Make so many at most, the latest.",
)
def screenshots(where: str | None, names: tuple[str, ...], limit: int) -> int:
    """Make pictures of archived pages: of each capture in which a version was first seen, as it is kept.

    Without names, of the sites whose files say `[assets] screenshot = true`; visits of these do it too. A
    picture is made with the Chromium of this machine, offline and without scripts, of what is kept.
    """
    from legger.pictures.screenshots import take

    chosen = list(names)
    if not chosen:
        sound = load_sites(shipped=False).sound
        chosen = [name for name, site in sound.items() if site.assets.screenshot]
        if not chosen:
            raise UsageError(
                "no site's file says screenshot = true in [assets]; name the sites to make them of"
            )
    with writing(where) as archive:
        for name in chosen:
            known_site(archive, name)
        with progress("screenshots") as update:
            made = take(archive, chosen, limit=limit, update=update)
    more = "; there are more: give the command again" if made.left else ""
    err.print(
        plain(f"{many(made.made, 'screenshot')} made, {made.failed:,} could not be{more}"), highlight=False
    )
    return 1 if made.failed else 0
