"""Digests: what documents say counts, how and where they say it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.language.canonical import canonical_value
from tests.unit.documents import HOPS, TERRITORIES, Built, sound

PACK = """
kind: policy
id: a
language: 1
title: A
rules:
  - id: r
    require: {dpa: in_force}
obligations:
  - id: o
    set: {store: false}
"""
PROJECT = """
kind: project
id: x
language: 1
packs: [{id: a}]
gateways: [gw]
"""
TEXTS = (TERRITORIES, HOPS, PACK, PROJECT)


def digests(built: Built) -> tuple[str, str]:
    return built.resolved.policies.digest, built.registry.digest


def test_digests_are_sha_256() -> None:
    for digest in digests(sound(*TEXTS)):
        assert digest.startswith("sha256:")
        assert len(digest) == len("sha256:") + 64


def test_what_json_cannot_hold_has_no_canonical_text() -> None:
    with pytest.raises(TypeError):
        canonical_value({"members": frozenset({"a", "b"})})


@given(st.permutations(TEXTS))
def test_the_order_of_files_does_not_count(texts: tuple[str, ...]) -> None:
    assert digests(sound(*texts)) == digests(sound(*TEXTS))


def test_layout_comments_and_repetition_do_not_count() -> None:
    pack = (
        "# a comment\ntitle: A\nlanguage: '1'\nid: a\nkind: policy\nobligations:\n"
        "- {set: {store: false}, id: o}\nrules: [{require: {dpa: in_force}, id: r}]\n"
    )
    files = (f"{HOPS}---\n{TERRITORIES}", TERRITORIES, PROJECT, pack, PACK)
    assert digests(sound(*files)) == digests(sound(*TEXTS))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("in_force}", "available}"),
        ("store: false", 'store: "false"'),
        ("store: false", "store: 0"),
        ("id: r", "id: s"),
        ("title: A\nrules", "title: B\nrules"),
        ("packs: [{id: a}]", "packs: [{id: a}]\nprefer: [{when: {}, by: [cost]}]"),
        ("packs: [{id: a}]", "packs: [{id: a}]\napprovers: [{role: x, may_approve: [a]}]"),
    ],
)
def test_what_policies_say_counts(old: str, new: str) -> None:
    changed = tuple(text.replace(old, new) for text in TEXTS)
    assert changed != TEXTS
    policies, registry = digests(sound(*changed))
    assert policies != digests(sound(*TEXTS))[0]
    assert registry == digests(sound(*TEXTS))[1]


def test_what_the_registry_says_counts() -> None:
    changed = tuple(text.replace("address: one", "address: two") for text in TEXTS)
    policies, registry = digests(sound(*changed))
    assert policies == digests(sound(*TEXTS))[0]
    assert registry != digests(sound(*TEXTS))[1]


def test_reachability_counts() -> None:
    everywhere = digests(sound(*TEXTS, all_routes=True))
    assert everywhere[0] != digests(sound(*TEXTS))[0]


def test_policies_that_are_not_in_force_do_not_count() -> None:
    other = PACK.replace("id: a", "id: b")
    assert digests(sound(*TEXTS, other)) == digests(sound(*TEXTS))
    assert digests(sound(*TEXTS, other, packs=("b",))) != digests(sound(*TEXTS))
