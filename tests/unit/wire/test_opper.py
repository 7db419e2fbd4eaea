"""What goes to Opper in headers: the tags that may, the decision, and a trace."""

from __future__ import annotations

from uuid import uuid4

import pytest

from policy_router.domain.organisation import OPPER_TAG
from policy_router.wire.opper import TAGS, TRACE, opper_headers
from policy_router.wire.refusal import Refused

DECISION, TRACED = str(uuid4()), str(uuid4())
TEAM = frozenset({"team", "customer_id"})


def _tags(*said: str, passed_on: frozenset[str] = TEAM) -> list[str]:
    headers = tuple((TAGS, text) for text in said)
    return dict(opper_headers(headers, passed_on, DECISION, TRACED))[TAGS].split(",")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ((), []),
        (("",), []),
        (("team:support",), ["team:support"]),
        (("team:support, customer_id:a:b",), ["team:support", "customer_id:a:b"]),
        (("team:support", "customer_id:a-17"), ["team:support", "customer_id:a-17"]),
        (("env:prod,team:x,,",), ["team:x"]),
        ((f"{OPPER_TAG}:of-somebody-else",), []),
    ],
)
def test_tags_that_may_go_there_do_and_the_decision_with_them(
    said: tuple[str, ...], kept: list[str]
) -> None:
    assert _tags(*said) == [*kept, f"{OPPER_TAG}:{DECISION}"]


def test_by_itself_no_tag_of_the_clients_goes_there() -> None:
    """Nor is a header that stays behind looked at."""
    assert _tags("team:support", "broken", passed_on=frozenset()) == [f"{OPPER_TAG}:{DECISION}"]


@pytest.mark.parametrize(
    "said",
    ["team", "team:", ":x", "Team:x", "team:a b", "team:x\u00e9", "team:x,team:y", "a:\r\nb"],
)
def test_what_opper_would_refuse_is_refused(said: str) -> None:
    with pytest.raises(Refused) as caught:
        _tags(said)
    assert caught.value.status == 400
    assert said not in str(caught.value)


def test_the_trace_is_the_one_that_is_handed_in() -> None:
    said = ((TRACE, "of the client"), (TAGS, "team:x"))
    assert opper_headers(said, TEAM, DECISION, TRACED)[1:] == ((TRACE, TRACED),)
