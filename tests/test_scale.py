"""What a fleet costs, by the simulation: it grows with the sites, and waits where machines are short."""

from __future__ import annotations

import pytest

from bench.fleets import scale
from bench.fleets.scale import Population, Prices, UnitCosts, bill, drawn

UNIT = UnitCosts(
    poll_cpu=0.2, visit_cpu=0.5, new_cpu=0.025, known_cpu=0.015, memory=300, new_bytes=2500, known_bytes=1500,
    filed={},
)  # fmt: skip
POPULATION = Population()


def test_ten_times_the_sites_cost_ten_times_the_requests_bytes_and_processors() -> None:
    days = drawn(POPULATION, sites=60)
    small, large = (bill(sites, days, UNIT, POPULATION, Prices()) for sites in (1_000, 10_000))
    for name in ("requests_a_day", "cores", "database_gb_a_year", "bodies_gb_a_year", "at_once"):
        assert getattr(large, name) == pytest.approx(10 * getattr(small, name))
    assert small.machines == 1
    assert bill(1_000_000, days, UNIT, POPULATION, Prices()).machines > 10


def test_what_a_site_asks_for_follows_the_rules_of_the_crawler() -> None:
    quiet, busy = (drawn(Population(new_a_day=new, spread=0.0), sites=1)[0] for new in (0.2, 20.0))
    assert busy.new == pytest.approx(20)
    assert busy.looks / busy.new == pytest.approx(quiet.looks / quiet.new), "an article is an article"
    assert 5 < busy.looks / busy.new < 60
    assert quiet.source_requests < busy.source_requests, "a quiet source is asked less often"
    seldom = drawn(Population(spread=0.0, every=24, poll=0), sites=1)[0]
    assert (seldom.visits, seldom.polls) == (1, 0)


def test_a_visit_waits_where_all_places_are_taken() -> None:
    days = drawn(POPULATION, sites=60)
    enough, short = (scale._waits(1_000, days, POPULATION, slots) for slots in (400, 2))
    assert max(enough) == 0
    assert sorted(short)[len(short) // 2] > 60
