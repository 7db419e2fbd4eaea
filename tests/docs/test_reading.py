"""The five questions about the reference: what they name exists, and their answers are true."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_router import Decision, Request, load
from tests.docs.reading import FUNCTION, PAGE, Case, Question, questions

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUESTIONS = questions()
CASES = [case for question in QUESTIONS for case in question.cases]

PROJECT = """\
kind: project
id: reader
language: 1
packs: [{id: questions, version: 1}]
documents: [world.yaml]
registry: none
gateways: [own]
approvers: [{role: data protection officer, may_approve: ["questions/*"]}]
"""
ROUTE = """\
kind: gateway
id: own
language: 1
title: Own gateway
type: litellm
base_url: https://llm.reader.example
key: {env: READER_KEY}
self_hosted: true
---
kind: model
id: m
language: 1
title: M
---
kind: route
id: own:m
language: 1
model: m
gateway: own
provider: host
address: m
stage: ga
"""
HOST: dict[str, Any] = {
    "kind": "provider",
    "id": "host",
    "language": 1,
    "title": "Host",
    "operator": "host",
    "covers": ["m"],
    "sources": {
        "terms": {
            "kind": "provider_docs",
            "reference": "https://host.example/terms",
            "basis": "public_terms",
            "read_on": "2026-11-01",
        }
    },
}


def _read(cell: str) -> Any:  # noqa: ANN401 - any YAML
    return yaml.load(cell, yaml.BaseLoader)  # noqa: S506 - text only: our own reader converts it


def _host(claims: Mapping[str, Any]) -> dict[str, Any]:
    stated = {"inference_location": ["DE"], **claims}
    return {**HOST, "claims": {k: {"value": v, "source": "terms"} for k, v in stated.items()}}


def _policy(rules: list[Any], kept: list[str] | None) -> dict[str, Any]:
    head = {"kind": "policy", "id": "questions", "language": 1, "version": 1, "title": "Questions"}
    return {**head, "rules": [r for r in rules if kept is None or r["id"] in kept]}


def _world(question: Question, case: Case) -> str:
    """All documents of one row; JSON is YAML, and quotes what must be quoted."""
    rules, *others = [_read(block) for block in question.documents]
    kept = case.cells.get("rules of the policy")
    changes = _read(case.cells.get("changes to the exception", "{}"))
    made = [
        _policy(rules["rules"], None if kept is None else _read(kept)),
        _host(_read(case.cells.get("claims of the route", "{}"))),
        *({**other, **changes} for other in others),
    ]
    return "---\n".join([ROUTE, *(yaml.safe_dump(document) for document in made)])


def _decided(question: Question, case: Case, folder: Path) -> Decision:
    (folder / "policy-router.yaml").write_text(PROJECT, "utf-8")
    (folder / "world.yaml").write_text(_world(question, case), "utf-8")
    facts = _read(case.cells.get("request", "{}"))
    return load(project=folder, clock=lambda: AT).decide(Request(model="m", **facts), at=AT)


def _outcome(decision: Decision) -> str:
    return decision.reason.value if decision.reason else decision.determination.outcome.value


def _verdict(decision: Decision) -> str:
    (candidate,) = decision.determination.candidates
    (verdict,) = candidate.verdicts
    return verdict.verdict.value


def _monitored(decision: Decision) -> str:
    return f"[{', '.join(v.rule for v in decision.determination.monitor)}]"


ANSWERS: dict[str, Callable[[Decision], str]] = {
    "outcome": _outcome,
    "verdict": _verdict,
    "recorded under `monitor`": _monitored,
}


def _named(name: str) -> Any:  # noqa: ANN401 - a function or a method
    room = "registry" if name.startswith("registry.") else "engine"
    module, *path = name.removeprefix("registry.").split(".")
    found: Any = import_module(f"policy_router.{room}.{module}")
    for part in path:
        found = getattr(found, part)
    return found


def test_there_are_five_questions_with_rows() -> None:
    assert [question.number for question in QUESTIONS] == [1, 2, 3, 4, 5]
    assert all(len(question.cases) >= 4 for question in QUESTIONS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_answer_is_true(case: Case, tmp_path: Path) -> None:
    decision = _decided(QUESTIONS[case.question - 1], case, tmp_path)
    stated = {column: case.cells[column] for column in ANSWERS if column in case.cells}
    assert stated
    assert {column: ANSWERS[column](decision) for column in stated} == stated


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question.number))
def test_quoted_lines_stand_in_the_functions_named(question: Question) -> None:
    functions = [_named(name) for name in question.functions]
    assert functions
    lines = {line.strip() for f in functions for line in inspect.getsource(f).splitlines()}
    assert question.quoted
    assert [line for line in question.quoted if line not in lines] == []


def test_functions_for_what_is_not_answered_exist() -> None:
    last = PAGE.read_text("utf-8").rpartition("\n## ")[2]
    names = [name for name in FUNCTION.findall(last) if name.startswith("registry.")]
    assert len(names) == 5
    assert all(callable(_named(name)) for name in names)
