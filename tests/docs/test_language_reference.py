"""What pages list is the whole of a closed choice, and lists nothing that is not in the code."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from policy_router.domain.claim import Basis, SourceKind
from policy_router.domain.contract import Mechanism
from policy_router.domain.decision import Outcome, Reason, Verdict
from policy_router.domain.policy import Matcher, Mode
from policy_router.domain.route import GatewayType
from policy_router.domain.territory import Confirmation, Scope
from policy_router.domain.vocabulary import SIGNOFF_TYPES, TRANSFER_BASES, attribute, fact
from tests.docs.words import first_column, section, words_of
from tests.house.tree import ROOT

REFERENCE = ROOT / "docs" / "language.md"
GLOSSARY = ROOT / "docs" / "glossary.md"

CHOICES: dict[str, Iterable[str]] = {
    "kinds of source": SourceKind,
    "bases of evidence": Basis,
    "transfer clauses": Mechanism,
    "transfer bases": [basis for bases in TRANSFER_BASES.values() for basis in bases],
    "outcomes": Outcome,
    "modes": Mode,
    "types of gateway": GatewayType,
    "confirmations": Confirmation,
    "scopes of adequacy": Scope,
    "types of sign-off": SIGNOFF_TYPES,
    "reasons": Reason,
}


@pytest.mark.parametrize("choice", CHOICES)
def test_a_closed_choice_is_listed_whole(choice: str) -> None:
    names = {str(name) for name in CHOICES[choice]}
    assert names
    assert sorted(names - words_of(REFERENCE)) == []


def test_every_attribute_that_is_listed_exists() -> None:
    listed = first_column(section(REFERENCE, "Attributes of a route"))
    assert len(listed) > 30
    assert [name for name in listed if attribute(name) is None] == []


def test_every_fact_that_is_listed_exists() -> None:
    listed = first_column(section(REFERENCE, "Facts of a request"))
    assert len(listed) > 15
    assert [name for name in listed if fact(name) is None] == []


def test_every_comparison_that_is_listed_exists() -> None:
    listed = first_column(section(REFERENCE, "Comparisons"))
    assert len(listed) > 8
    assert set(listed) - {"x", "[x, y]"} == {m.value for m in Matcher} - {"is"}


def test_the_glossary_lists_every_verdict() -> None:
    assert set(_glossary_table("verdict")) == {verdict.value for verdict in Verdict}


def test_the_glossary_lists_reasons_in_order_of_evaluation() -> None:
    assert _glossary_table("reason") == [reason.value for reason in Reason]


def _glossary_table(column: str) -> list[str]:
    text = section(GLOSSARY, "Requests and decisions").partition(f"\n| {column} |")[2]
    return first_column(text.partition("\n\n")[0])
