"""What is known of a call."""

from __future__ import annotations

import pytest

from policy_router.domain.request import UNKNOWN_SET, RequestFacts, SetFact
from tests.small import facts


def test_what_is_not_stated_is_unknown() -> None:
    asked = RequestFacts()
    assert asked.set_fact("data") == UNKNOWN_SET
    assert asked.scalar("purpose") is None
    assert not asked.knows("data")
    assert not asked.knows("purpose")


@pytest.mark.parametrize("name", ["data", "subjects", "subject_location", "regime"])
def test_a_stated_set_without_members_is_unknown(name: str) -> None:
    asked = RequestFacts(sets={name: SetFact(frozenset(), settled=True)})
    assert asked.set_fact(name) == UNKNOWN_SET
    assert not asked.knows(name)


@pytest.mark.parametrize("name", ["features", "server_tools", "input_modalities"])
def test_what_the_call_shows_may_be_known_to_be_empty(name: str) -> None:
    asked = RequestFacts(sets={name: SetFact(frozenset(), settled=True)})
    assert asked.knows(name)


def test_an_open_set_is_not_known_whole() -> None:
    asked = facts(data=("personal",), opened=("data",))
    assert asked.set_fact("data").members == {"personal"}
    assert not asked.knows("data")


def test_the_name_asked_for_is_a_fact() -> None:
    assert RequestFacts(model="one").scalar("requested.model") == "one"
    assert RequestFacts(model="one").knows("requested.model")
    assert not RequestFacts(model=None).knows("requested.model")


def test_views_are_the_request_with_and_without_mere_declarations() -> None:
    floor = facts(purpose="support")
    declared = RequestFacts(base=floor)
    assert floor.views == (floor,)
    assert declared.views == (declared, floor)


def test_of_a_call_that_is_not_seen_no_operation_is_taken_for_granted() -> None:
    assert RequestFacts().operation == "chat_completions"
    assert RequestFacts(seen=False).operation is None
    assert RequestFacts(seen=False).of_any_model("embeddings").operation == "embeddings"
