"""Requests on the command line: options, files, standard input; all say the same thing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policy_router.domain.claim import Moment
from policy_router.domain.request import RequestFacts
from policy_router.engine.decide import Engine
from policy_router.engine.ruling import Ruling
from tests.cli.running import AT, run

OPTIONS = (
    "--model openai/o4-mini --data health,child --data criminal --subjects patients "
    "--subject-location DE,AT --regime eu_gdpr --purpose letters --lawful-basis A6-1-b "
    "--special-condition A9-2-h --decision-effect none --tenant a --project b --environment c "
    "--caller d --label team=x --label cost=z --endpoint chat_completions --feature streaming "
    "--input-modality image --output-modality text --server-tool mcp --stateful --streaming "
    "--tokens-in 10 --tokens-out 20"
)
YAML = """\
model: openai/o4-mini
data: [health, child, criminal]
subjects: [patients]
subject_location: [DE, AT]
regime: [eu_gdpr]
purpose: letters
lawful_basis: A6-1-b
special_condition: A9-2-h
decision_effect: none
tenant: a
project: b
environment: c
caller: d
labels: {team: x, cost: z}
endpoint: chat_completions
features: [streaming]
input_modalities: [image]
output_modalities: [text]
server_tools: [mcp]
stateful: true
streaming: true
tokens: {input: 10, output: 20}
"""
JSON = """\
{"model": "openai/o4-mini", "data": ["health", "child", "criminal"], "subjects": ["patients"],
 "subject_location": ["DE", "AT"], "regime": ["eu_gdpr"], "purpose": "letters",
 "lawful_basis": "A6-1-b", "special_condition": "A9-2-h", "decision_effect": "none",
 "tenant": "a", "project": "b", "environment": "c", "caller": "d",
 "labels": {"team": "x", "cost": "z"}, "endpoint": "chat_completions", "features": ["streaming"],
 "input_modalities": ["image"], "output_modalities": ["text"], "server_tools": ["mcp"],
 "stateful": true, "streaming": true, "tokens": {"input": 10, "output": 20}}
"""


Question = tuple[RequestFacts, Moment]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """What the decision point was asked, each time."""
    seen: list[Question] = []

    class Watched(Engine):
        """An engine that notes what it is asked, but for other models to name instead."""

        def decide(self, facts: RequestFacts, moment: Moment) -> Ruling:
            if facts.model is not None:
                seen.append((facts, moment))
            return super().decide(facts, moment)

    monkeypatch.setattr("policy_router.service.pdp.Engine", Watched)
    return seen


def test_options_and_files_state_the_same_facts(asked: list[Question], tmp_path: Path) -> None:
    (tmp_path / "request.yaml").write_text(YAML, "utf-8")
    start = f"decide --policy gdpr --at {AT} --known-at 2026-11-21T00:00:00+01:00"
    codes = {
        run(f"{start} {OPTIONS}").code,
        run(f"{start} --request {tmp_path}/request.yaml").code,
        run(f"{start} --request -", stdin=YAML).code,
        run(f"{start} --request -", stdin=JSON).code,
    }
    assert codes == {1}
    assert len(asked) >= 4
    assert all(question == asked[0] for question in asked)
    facts, moment = asked[0]
    assert facts.set_fact("data").members == {"health", "child", "criminal"}
    assert facts.scalar("labels.team") == "x"
    assert facts.scalar("tokens.output") == 20
    assert facts.scalar("stateful") is True
    assert moment.known_at is not None
    assert moment.known_at.isoformat() == "2026-11-20T23:00:00+00:00"


def test_an_option_overrules_the_file(asked: list[Question]) -> None:
    run(f"decide --policy gdpr --at {AT} --request - --data non_personal", stdin=YAML)
    assert asked[0][0].set_fact("data").members == {"non_personal"}
    assert asked[0][0].set_fact("subjects").members == {"patients"}


def test_what_is_not_said_is_not_known(asked: list[Question]) -> None:
    run(f"decide --policy gdpr --at {AT} --model openai/o4-mini")
    facts = asked[0][0]
    assert not any(facts.knows(name) for name in ("data", "regime", "subjects", "purpose"))
    assert facts.knows("server_tools")
    assert facts.scalar("stateful") is False


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("data: [helth]\n", ["standard input:1:8: error[", "`helth`", "did you mean `health`?"]),
        ("modle: x\n", ["standard input:1:1: error[SCH101]", "did you mean `model`?"]),
        ("data: NO\n", ["standard input:1:7: error["]),
        ("a: 1\n---\nb: 2\n", ["one request is wanted"]),
        ("", ["standard input"]),
        ("[1, 2]", ["standard input:1:1: error["]),
        ("data: [\n", ["standard input:"]),
        ("model: \x1b[31mred\n", ["standard input:"]),
        ("tokens: {input: -1}\n", ["standard input:1:"]),
    ],
)
def test_a_broken_request_is_refused_with_its_place(text: str, parts: list[str]) -> None:
    done = run("decide --policy gdpr --request -", stdin=text)
    assert (done.code, done.out) == (2, "")
    assert [part for part in parts if part not in done.err] == []
    assert "\x1b" not in done.err
    assert "Traceback" not in done.err


def test_bytes_that_are_no_text_are_refused() -> None:
    done = run("decide --policy gdpr --request -", stdin=b"model: \xff\xfe\n")
    assert done.code == 2
    assert "UTF-8" in done.err


O4 = "opper:openai/o4-mini"


def test_the_json_is_the_decision_and_the_same_every_time() -> None:
    command = f"decide --policy gdpr --model {O4} --data personal --at {AT} --format json"
    first, again = run(command), run(command)
    assert first == again
    decision = json.loads(first.out)
    assert decision["outcome"] == "denied"
    assert decision["requested"] == O4
    assert [c["route"] for c in decision["candidates"]] == ["opper:openai/o4-mini"]
    assert first.out.count("\n") == 1


def test_the_explanation_as_json_holds_the_same_decision() -> None:
    request = f"--policy gdpr --model {O4} --data personal --at {AT} --format json"
    decision = json.loads(run(f"decide {request}").out)
    explanation = json.loads(run(f"explain {request}").out)
    assert explanation["decision"] == decision
    (route,) = explanation["routes"]
    said = {f"{r['verdict']['policy']}/{r['verdict']['rule']}": r for r in route["rules"]}
    verdicts = {n: r["verdict"]["verdict"] for n, r in said.items()}
    assert verdicts == {
        f"{v['policy']}/{v['rule']}": v["verdict"] for v in decision["candidates"][0]["verdicts"]
    }
    (contract,) = said["gdpr/processor-contract"]["shortfalls"]
    assert {hop["hop"] for hop in contract["hops"]} == {"opper", "openai"}
    assert all(hop["evidence"]["read_on"] == "2026-11-22" for hop in contract["hops"])
