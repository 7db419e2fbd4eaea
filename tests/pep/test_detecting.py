"""What detectors find in the texts of a call only ever adds, and is on record."""

from __future__ import annotations

import json

import httpx2
import openai
import pytest

from policy_router import Request
from policy_router.enforcement import httpx2_transport
from tests.pep.conftest import Stage
from tests.pep.sdk import sync_client
from tests.pep.test_records import RECORD
from tests.pep.world import ALLOWED, CANARY, DENIED

PUBLIC = Request(data=["non_personal"], purpose="publishing")
HEALTH = Request(data=["health"], regime=["eu_gdpr"], purpose="letters")


class _Patients:
    """Finds what the canary is about."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def categories(self, text: str) -> frozenset[str]:
        self.read.append(text)
        return frozenset({"health"} if "patient" in text else ())


class _Broken:
    """Finds nothing, loudly."""

    def categories(self, text: str) -> frozenset[str]:
        raise ValueError(text)


def _ask(stage: Stage, detector: object, text: str, model: str, who: Request = PUBLIC) -> None:
    with sync_client(stage, "httpx2", who=who, detectors=(detector,)) as client:
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}])


def test_what_is_found_counts_as_data_of_the_call(stage: Stage) -> None:
    """Called public, and about a patient: the route for public data alone is closed to it."""
    _ask(stage, _Patients(), "the weather is fine", DENIED)
    with pytest.raises(openai.PermissionDeniedError):
        _ask(stage, _Patients(), CANARY, DENIED)
    fine, found = stage.decisions
    assert (fine["detected"], found["detected"]) == ([], ["health"])
    assert found["facts"]["sets"]["data"]["members"] == ["health", "non_personal"]
    assert (fine["admitted"], found["admitted"]) == (True, False)
    RECORD.validate(found)
    assert CANARY not in json.dumps(stage.log.records)
    assert len(stage.far.requests) == 1


def test_what_is_not_found_takes_nothing_away(stage: Stage) -> None:
    with pytest.raises(openai.PermissionDeniedError):
        _ask(stage, _Patients(), "the weather is fine", DENIED, HEALTH)
    assert stage.untouched


def test_all_texts_of_a_call_are_read(stage: Stage) -> None:
    detector = _Patients()
    transport = httpx2_transport.PolicyTransport(
        stage.pdp, who=HEALTH, log=stage.log, detectors=(detector,)
    )
    with openai.OpenAI(api_key="none", http_client=httpx2.Client(transport=transport)) as client:
        client.chat.completions.create(
            model=ALLOWED,
            messages=[
                {"role": "system", "content": "first"},
                {"role": "user", "content": [{"type": "text", "text": "second"}]},
            ],
            tools=[{"type": "function", "function": {"name": "f", "description": "third"}}],
        )
    read = "\n".join(detector.read)
    assert [word for word in ("first", "second", "third") if word not in read] == []


def test_a_call_whose_texts_could_not_be_read_is_not_sent(stage: Stage) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        _ask(stage, _Broken(), CANARY, ALLOWED)
    assert caught.value.code == "undecided"
    assert CANARY not in f"{caught.value}{stage.log.records}"
    assert stage.untouched
