"""Which sites are visited one at a time: those that share servers."""

from __future__ import annotations

import pytest

from crawler.fleet.groups import groups
from crawler.siteconfig.site import Site


@pytest.mark.parametrize(
    ("sites", "apart"),
    [
        pytest.param(
            {"a": "https://www.krant.example/", "b": "https://sport.krant.example/x"}, 1,
            id="two hosts of one domain are one",
        ),
        pytest.param(
            {"a": "https://a.co.uk/", "b": "https://b.co.uk/"}, 2,
            id="domains under a public suffix are two",
        ),
        pytest.param(
            {"a": "https://a.blogspot.com/", "b": "https://b.blogspot.com/"}, 1,
            id="blogs of one platform are one, though browsers keep them apart",
        ),
        pytest.param(
            {"a": "http://127.0.0.1:81/", "b": "http://127.0.0.1:82/", "c": "http://127.0.0.2/"}, 2,
            id="addresses are what they are, whatever the port",
        ),
        pytest.param(
            {"a": "http://[::1]:81/", "b": "http://localhost/"}, 2, id="a name without a domain is its own"
        ),
        pytest.param(
            {"a": "https://A.Example./", "b": "https://a.example/"}, 1, id="however a name is written"
        ),
    ],
)  # fmt: skip
def test_sites_by_their_addresses(sites: dict[str, str], apart: int) -> None:
    found = groups(Site(name=name, url=url) for name, url in sites.items())
    assert set(found) == set(sites)
    assert len(set(found.values())) == apart


def test_sites_that_share_any_host_are_one_group_whatever_their_order() -> None:
    sites = [
        Site(name="a", url="https://a.example/", hosts=("cdn.example",)),
        Site(name="b", url="https://b.example/", hosts=("c.example",)),
        Site(name="c", url="https://c.example/", hosts=("cdn.example",)),
        Site(name="d", url="https://d.example/"),
    ]
    for order in (sites, sites[::-1]):
        found = groups(order)
        assert found == {"a": "a.example", "b": "a.example", "c": "a.example", "d": "d.example"}
