"""Parts of the report's page: nothing is said twice, nothing is lost, labels are whole."""

from __future__ import annotations

import re
from typing import cast

import pytest

from policy_router.audit.dossier.build import Subject, dossier
from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.writings import Article, Entry, RecordEntry, Said
from policy_router.audit.in_use import First, Why
from policy_router.audit.matrix import matrix, reachable_routes
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Matcher
from policy_router.domain.policy import Test as Comparison
from policy_router.report.dossier.charts import _beside
from policy_router.report.dossier.html import html
from policy_router.report.dossier.looked import FEW, Looked
from policy_router.report.dossier.tables import tables
from tests.small import (
    HERE,
    NOW,
    claim,
    facts,
    policy,
    provider,
    registry,
    route,
    rule,
    snapshot,
)


class _Empty:
    parties = ()
    policies = ()
    evidence = ()
    classes = ()
    exceptions = ()
    signoffs = ()
    law = ()


LOOKED = Looked(cast("Dossier", _Empty()))
ARTICLE, (ONE, OTHER, *_) = next(iter(Article)), tuple(Entry)


def _entry(scenario: str, entry: Entry, *said: str) -> RecordEntry:
    return RecordEntry(ARTICLE, scenario, entry, tuple(Said(None, None, (s,)) for s in said), True)


def _many(classes: int) -> Dossier:
    """A report on as many classes, of which all lack the same sign-off."""
    judged = rule("judged", require=Comparison("signoff", Matcher.INCLUDES, ("dpia",), None, HERE))
    keeps = Comparison("training", Matcher.IS, ("prohibited",), None, HERE)
    found = snapshot(
        policy(judged, rule("keeps", require=keeps)),
        registry(
            *(provider(f"p{n}", claim("training", "used")) for n in range(classes)),
            *(route(f"r{n}", by=f"p{n}") for n in range(classes)),
        ),
    )
    asked = (Scenario("letters", "", "", facts(None, data=("personal",)), HERE),)
    routes = reachable_routes(found)
    first = First(routes, Why.IN_REACH, len(routes))
    return dossier(Subject(matrix(found, asked, routes, NOW), first, None, None), lambda *_: None)


@pytest.mark.parametrize(("classes", "told"), [(FEW, FEW), (FEW + 1, 1)])
def test_what_many_classes_share_is_told_once_and_all_of_them_lead_there(
    classes: int, told: int
) -> None:
    content = _many(classes)
    assert len(content.classes) == classes
    page = html(content, tables(content)).decode()
    assert page.count("policy/judged</span>, organisation&#39;s choice") == told
    assert page.count("policy/keeps</span>, organisation&#39;s choice") == classes
    targets = set(re.findall(r'id="(f\d+)"', page))
    links = re.findall(r'href="#(f\d+)"', page)
    assert set(links) == targets
    assert len(links) == (0 if told > 1 else classes)


@pytest.mark.parametrize(("classes", "many"), [(FEW, False), (FEW + 1, True)])
def test_of_many_classes_the_rules_in_the_way_are_named_once_below_their_number(
    classes: int, many: bool
) -> None:
    content = _many(classes)
    page = html(content, tables(content)).decode()
    assert page.count("for letters: 2 rules in the way, told below. ") == (classes if many else 0)
    assert page.count("for letters: policy/judged (not met), policy/keeps") == (
        0 if many else classes
    )


def test_scenarios_with_the_same_on_file_stand_together_and_each_once() -> None:
    entries = [
        _entry("a", ONE, "x"),
        _entry("a", OTHER),
        _entry("b", ONE, "x"),
        _entry("b", OTHER),
        _entry("c", ONE, "y"),
        _entry("c", OTHER),
    ]
    found = LOOKED.records(entries)
    told = [(entry, scenarios, every) for entry, parts in found for _, scenarios, every in parts]
    assert told == [
        (ONE, ("a", "b"), False),
        (ONE, ("c",), False),
        (OTHER, ("a", "b", "c"), True),
    ]


@pytest.mark.parametrize("length", [0, 5, 38, 39, 60, 76, 77, 200])
def test_a_label_is_whole_as_long_as_it_fits_on_two_lines(length: int) -> None:
    text = "ab" * (length // 2) + "c" * (length % 2)
    lines = [label.text for label in _beside(text, 0)]
    assert len(lines) <= 2
    assert all(len(line) <= 38 for line in lines)
    assert ("".join(lines) == text) is (length <= 76)
    assert lines[-1].endswith("…") is (length > 76)
