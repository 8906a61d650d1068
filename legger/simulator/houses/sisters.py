"""Sister titles: houses built like another, with a newsroom of their own. Served only where they are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from crawler.siteconfig.schedule import Schedule
from legger.simulator.houses.broadcaster import Broadcaster
from legger.simulator.houses.house import Moment, Request, RouteAnswer
from legger.simulator.houses.joomla import Joomla
from legger.simulator.houses.markup import XML, urlset
from legger.simulator.houses.wordpress import WordPress
from legger.simulator.story import Item


class SisterBroadcaster(Broadcaster):
    """Visited by the hours of the wall: at two at night, the hour that March skips and October has twice."""

    profile = replace(
        Broadcaster.profile,
        name="omroepgrensland",
        title="Omroep Grensland",
        first_number=880301,
        signed=0.8,
        redesigned=False,
        credits=("Omroep Grensland", "Foto Aamsveen"),
    )

    def facts(self) -> dict[str, object]:
        """As its sister's, with a schedule."""
        return super().facts() | {"schedule": Schedule(cron="0 2,8,14,20 * * *")}


class SisterWordPress(WordPress):
    """Every ninth article is a report on a template of its own; a news sitemap names those of two days."""

    profile = replace(
        WordPress.profile, name="vechtdalbode", title="Vechtdalbode", first_number=5201, signed=0.6
    )

    def facts(self) -> dict[str, object]:
        """As its sister's, with the news sitemap, and visited in the morning by the hours of the wall."""
        sitemaps = (f"{self.base}/sitemap_index.xml", f"{self.base}/news-sitemap.xml")
        return super().facts() | {"sitemaps": sitemaps, "schedule": Schedule(cron="30 7 * * *")}

    def route(self, request: Request, moment: Moment) -> RouteAnswer | None:
        """The sister's addresses, and the sitemap for Google News: what is older than two days is not in it."""
        if request.bare == "/news-sitemap.xml":
            fresh = [
                each for each in moment.latest(50) if moment.at - each.item.published < timedelta(days=2)
            ]
            return RouteAnswer(body=urlset(fresh, news=self.profile.title), type=XML)
        return super().route(request, moment)

    def _article(self, item: Item, moment: Moment) -> str:
        page = super()._article(item, moment)
        if item.number % 9 != 5:
            return page
        for usual, own in _REPORT:
            page = page.replace(usual, own)
        return page


_REPORT = (
    ('<article class="post type-post td-post-template-default"', '<article class="report report--wide"'),
    ('<div class="td-post-content tagdiv-type">', '<div class="report__story">'),
    ('<div class="td-post-header">', '<div class="report__opening">'),
    ('<header class="td-post-title"><h1 class="entry-title">', '<header class="report__head"><h1 class="report__title">'),
    ('<div class="td-main-content-wrap">', '<div class="report__page">'),
    ('<div class="td-post-featured-image">', '<div class="report__picture">'),
)  # fmt: skip
"""What a report's template has in the place of the ordinary one's."""


class SisterJoomla(Joomla):
    """Frisian on the same Joomla."""

    profile = replace(
        Joomla.profile,
        name="streekfryslan",
        title="Streek Fryslân Online",
        languages=(("fy", 0.7), ("nl", 0.3)),
        first_number=30101,
        signed=0.4,
    )

    def facts(self) -> dict[str, object]:
        """As its sister's, in its own language."""
        return super().facts() | {"language": "fy"}
