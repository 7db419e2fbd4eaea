"""Documents that are not sound: what else is wrong in them is said at once, and nothing more."""

from __future__ import annotations

import pytest

from tests.unit.documents import HOPS, TERRITORIES, build

POLICY = """
kind: policy
id: a
language: 1
title: A
version: 2
evidence: {max_age_days: 365}
rules:
  - id: r
    mode: enforce
    waivable: true
    when: {dta: {includes: personal}}
    require: {dpa: in_force}
  - id: s
    needs: [purpos]
    require: {inference_location: {within: EAA}}
"""
WRONG = ["POL201", "POL201", "POL203"]
"""What is wrong with the predicates of the policy."""
PROJECT = """
kind: project
id: x
language: 1
packs: [{id: a, version: 2}]
gateways: [gw]
approvers: [{role: security officer, may_approve: [a/r]}]
"""
EXCEPTION = """
kind: exception
id: e
language: 1
policy: a
rule: r
routes: ["gw:one"]
when: {}
from: 2026-01-01
until: 2026-12-31
approved_by: security officer
reason: a pilot
reference: R-1
recorded_on: 2026-01-01
"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("title: A", "title: A\ntitel: B", "SCH101"),
        ("version: 2", "version: two", "SCH106"),
        ("max_age_days: 365", "max_age: 365", "SCH101"),
        ("max_age_days: 365", "max_age_days: -1", "SCH105"),
        ("mode: enforce", "mode: on-and-off", "SCH102"),
        ("  - id: s", "  - a rule\n  - id: s", "SCH104"),
        ("  - id: s", "  - {id: t, when: {}}\n  - id: s", "SCH107"),
        ("  - id: s", "  - {require: {dpa: in_force}}\n  - id: s", "SCH103"),
        ("waivable: true", "waivable: {a: [b]}\n    cites: 5", "SCH104"),
    ],
)
def test_a_mistake_of_shape_hides_nothing_that_is_wrong_elsewhere(
    old: str, new: str, code: str
) -> None:
    assert build(TERRITORIES, POLICY).codes == WRONG
    changed = POLICY.replace(old, new)
    assert changed != POLICY
    found = build(TERRITORIES, changed).codes
    assert [each for each in found if not each.startswith("SCH")] == WRONG
    assert code in found


def test_places_are_those_of_the_document() -> None:
    changed = POLICY.replace("  - id: r", "  - a rule\n  - id: r")
    found = {(d.span.line, d.code) for d in build(TERRITORIES, changed).diagnostics}
    assert found == {(9, "SCH104"), (13, "POL201"), (16, "POL201"), (17, "POL203")}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("version: 2", "version: two", "SCH106"),
        ("waivable: true", "waivable: yess", "SCH106"),
        ("waivable: true", "may_be_waived: true", "SCH101"),
        ("- id: r\n", "- {}\n  - idd: r\n", "SCH101"),
    ],
)
def test_what_was_taken_out_has_no_consequences(old: str, new: str, code: str) -> None:
    sound = POLICY.replace("dta", "data").replace("purpos]", "purpose]").replace("EAA", "EEA")
    texts = (TERRITORIES, HOPS, PROJECT, EXCEPTION)
    assert build(*texts, sound).codes == []
    changed = sound.replace(old, new)
    found = build(*texts, changed)
    assert code in found.codes
    assert not [each for each in found.codes if not each.startswith("SCH")]
    assert found.resolved.policies.policies == ()


def test_an_exception_that_is_not_sound_is_judged_like_any_other() -> None:
    sound = POLICY.replace("dta", "data").replace("purpos]", "purpose]").replace("EAA", "EEA")
    changed = EXCEPTION.replace("security officer", "intern").replace(
        "when: {}", "when: {purpos: trial}"
    )
    texts = (TERRITORIES, HOPS, PROJECT, sound)
    assert build(*texts, changed).codes == ["POL201", "POL224"]
    assert build(*texts, f"{changed}titel: E\n").codes == ["POL201", "POL224", "SCH101"]


ALIAS = "kind: alias\nid: any\nlanguage: 1\nmodels: [acme/oen]\n"
OWN = """
kind: route
id: "gw:two"
language: 1
model: acme/oen
gateway: wg
provider: amce
address: two
stage: ga
sources:
  page: {kind: provider_docs, basis: public_terms, reference: p, read_on: 2999-01-01}
prices: [{currency: USD, source: page, input: 1}]
"""


@pytest.mark.parametrize(
    ("document", "old", "new", "codes"),
    [
        (ALIAS, "language: 1", "language: 1\ntilte: x", ["SCH101", "POL231"]),
        (OWN, "input: 1", "inptu: 1", ["REG301", "REG301", "REG301", "REG307", "SCH101"]),
        (OWN, "basis: public_terms", "basis: mine", ["REG301", "REG301", "REG301", "SCH102"]),
        (HOPS, "type: openai_compatible", "type: unheard", ["SCH102"]),
    ],
)
def test_a_mistake_of_shape_hides_nothing_else_in_facts_and_aliases(
    document: str, old: str, new: str, codes: list[str]
) -> None:
    """What went with the mistake, such as a source that is no source, is not asked after."""
    assert old in document
    texts = [TERRITORIES, *([HOPS] if document is not HOPS else []), document.replace(old, new)]
    found = build(*texts)
    assert sorted(found.codes) == sorted(codes)
