"""A record repeats only words that documents know."""

from __future__ import annotations

from hashlib import sha256

import pytest

from policy_router.audit.withheld import model_to_record, without_strange_words
from policy_router.domain import policy
from policy_router.domain.claim import NO_DEMAND
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import ALWAYS, Alias, Matcher, Obligation, Policy, PolicySet
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot

SPAN = Span("test", 1, 1)
NAMED = policy.Test("purpose", Matcher.IS, ("letters", "hr-*"), None, SPAN)
POLICY = Policy(
    id="house",
    version=1,
    title="House",
    scope=ALWAYS,
    demand=NO_DEMAND,
    rules=(),
    obligations=(Obligation("o", NAMED, (), None, SPAN),),
    span=SPAN,
)
SNAPSHOT = Snapshot(
    PolicySet((POLICY,), aliases=(Alias("small", ("a/b",), SPAN),)), Registry({}, {}, {}, {}, {})
)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def test_a_model_nobody_knows_is_its_length_and_digest() -> None:
    said = "maker/canary-9"
    wanted = f"unknown model, 14 characters, sha256:{_digest(said)}"
    assert model_to_record(SNAPSHOT, said) == wanted
    assert (model_to_record(SNAPSHOT, "small"), model_to_record(SNAPSHOT, None)) == ("small", None)


@pytest.mark.parametrize(
    ("name", "value", "is_repeated"),
    [
        ("purpose", "letters", True),
        ("purpose", "canary", False),
        ("purpose", "hr-canary", False),
        ("lawful_basis", "A6-1-b", True),
        ("lawful_basis", "letters", False),
        ("decision_effect", "none", True),
    ],
)
def test_declared_words(name: str, value: str, is_repeated: bool) -> None:
    facts = RequestFacts(None, {}, {name: value}, (name,), RequestFacts(None, {}, {name: value}))
    clean = without_strange_words(SNAPSHOT, facts)
    assert clean.base is not None
    for view in (clean, clean.base):
        assert (view.scalar(name) == value) is is_repeated
        assert is_repeated or str(view.scalar(name)).endswith(_digest(value))


def test_what_a_document_states_of_its_caller_is_repeated() -> None:
    facts = RequestFacts(None, {}, {"purpose": "canary", "tenant": "ward"})
    assert without_strange_words(SNAPSHOT, facts) == facts
