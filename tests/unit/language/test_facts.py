"""Facts that are stated, as facts of a request."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from policy_router.domain.diagnostic import DocumentErrors
from policy_router.domain.request import SetFact
from policy_router.language.facts import NoPlace, facts_of, request_facts
from policy_router.language.plainly import plain_request
from policy_router.language.requests import request_body

OBSERVED = ("features", "input_modalities", "output_modalities", "server_tools")


def settled(*members: str) -> SetFact:
    return SetFact(frozenset(members), settled=True)


def test_what_is_not_stated_is_unknown_and_what_is_not_seen_is_absent() -> None:
    facts = request_facts({})
    assert facts.model is None
    assert dict(facts.sets) == {name: settled() for name in OBSERVED}
    assert dict(facts.scalars) == {"stateful": False, "streaming": False}
    assert not facts.knows("data")
    assert facts.knows("server_tools")


def test_stated_facts_are_settled() -> None:
    facts = request_facts(
        {
            "model": "openai/o4-mini",
            "data": ["health", "personal"],
            "subject_location": ["DE"],
            "regime": ["eu_gdpr"],
            "purpose": "patient-letters",
            "tenant": "support",
            "caller": "bot",
            "labels": {"team": "Team A"},
            "endpoint": "chat.completions",
            "server_tools": ["web_search"],
            "stateful": "true",
            "tokens": {"input": "1000"},
        }
    )
    assert facts.model == "openai/o4-mini"
    assert facts.set_fact("data") == settled("health", "personal")
    assert facts.set_fact("regime") == settled("eu_gdpr")
    assert facts.set_fact("server_tools") == settled("web_search")
    assert facts.scalar("labels.team") == "Team A"
    assert facts.scalar("stateful") is True
    assert facts.scalar("tokens.input") == Decimal(1000)
    assert facts.scalar("tokens.output") is None
    assert facts.scalar("caller") == "bot"


@pytest.mark.parametrize("name", ["data", "subjects", "subject_location", "regime"])
def test_an_empty_list_says_nothing(name: str) -> None:
    assert not request_facts({name: []}).knows(name)


AS_JSON = {"stateful": True, "streaming": False, "tokens": {"input": 5, "output": 0}}


def test_values_may_come_as_json_has_them() -> None:
    facts = request_facts(AS_JSON)
    assert facts.scalar("stateful") is True
    assert facts.scalar("streaming") is False
    assert facts.scalar("tokens.output") == Decimal(0)


@pytest.mark.parametrize(
    "data",
    [
        AS_JSON,
        {"stateful": "false", "streaming": "true", "tokens": {"output": "12"}},
        {"model": "a/b:c", "data": ["health"], "subject_location": ["DE", "CH"], "purpose": "x"},
        {"labels": {"team": "Team A"}, "features": ["vision"], "lawful_basis": "A6-1-a"},
    ],
)
def test_what_is_plainly_a_request_says_the_same_to_the_grammar(data: dict[str, Any]) -> None:
    plain = plain_request(data)
    assert plain is not None
    assert facts_of(plain) == facts_of(request_body(data, NoPlace("in the request")))


@pytest.mark.parametrize(
    ("data", "message", "advice"),
    [
        ({"data": ["helth"]}, "unknown category of data `helth`", "did you mean `health`?"),
        ({"regime": ["gdpr"]}, "unknown regime `gdpr`", "did you mean `eu_gdpr`?"),
        ({"subject_location": ["UK"]}, "unknown country `UK`", "did you mean `GB`?"),
        ({"subject_location": [49]}, "expected a country code, found `49`", None),
        ({"modle": "x"}, "unknown key `modle`", "did you mean `model`?"),
        ({"data": "personal"}, "expected a list, found `personal`", "write `[personal]`"),
        ({"stateful": "yes"}, "expected `true` or `false`, found `yes`", None),
        ({"tokens": {"input": -1}}, "negative number `-1`", "use zero or more"),
        ({"tokens": {"input": True}}, "expected a whole number, found `True`", None),
        ({"stateful": "no"}, "expected `true` or `false`, found `no`", "write `false`"),
        ({"lawful_basis": "consent"}, "unknown lawful basis `consent`", "did you mean `A6-1-a`?"),
        (
            {"special_condition": "A9-2-H"},
            "unknown special condition `A9-2-H`",
            "did you mean `A9-2-h`?",
        ),
        (
            {"decision_effect": "some"},
            "unknown effect of a decision `some`",
            "use one of `none`, `assistive`, `legal_or_similar`",
        ),
        ({"labels": ["team"]}, "expected a mapping, found a list", None),
        ({"tokens": ["input"]}, "expected a mapping, found a list", None),
        ({"tokens": {"inputs": 1}}, "unknown key `inputs`", "did you mean `input`?"),
        (
            {"stateful": True, "data": ["helth"]},
            "unknown category of data `helth`",
            "did you mean `health`?",
        ),
        ({"purpose": None}, "nothing is written here", "write a value or delete the key"),
    ],
)
def test_what_is_not_known_is_refused(
    data: dict[str, Any], message: str, advice: str | None
) -> None:
    with pytest.raises(DocumentErrors) as caught:
        request_facts(data)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.message == message
    assert advice is None or diagnostic.help == advice


def test_a_mistake_in_no_document_has_its_place_in_words() -> None:
    with pytest.raises(DocumentErrors) as caught:
        request_facts({"modle": "x"})
    assert str(caught.value).startswith("in the request: error[SCH101]: unknown key `modle`")


def test_all_mistakes_are_reported_at_once() -> None:
    with pytest.raises(DocumentErrors) as caught:
        request_facts({"data": ["helth", "persnal"], "regime": ["gdpr"], "x": 1})
    assert len(caught.value.diagnostics) == 4


def test_what_a_document_states_is_read_without_the_grammar(tmp_path: Path) -> None:
    """A request that is plain needs none of what can say of any request what is wrong with it."""
    file = tmp_path / "request.yaml"
    file.write_text(
        "model: openai/o4-mini\ndata: [personal, 'health']\nlabels: {team: Team A}\n"
        "tokens: {input: 1000}\nstateful: true\n",
        "utf-8",
    )
    script = (
        "import sys; from policy_router.cli.request_file import request_file; "
        "from policy_router.language.facts import request_facts; "
        f"facts = request_facts(request_file({str(file)!r})[0]); "
        "print(facts.scalar('tokens.input'), type(facts.model).__name__, 'pydantic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stdout == "1000 str False\n"
