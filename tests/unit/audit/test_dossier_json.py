"""A report as JSON: written, read back and refused where it is none; its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from policy_router.audit.changes import Ending, Part, Written
from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.shape import Misshapen, Numbered, plain, read
from policy_router.audit.dossier.verdicts import RuleFound
from policy_router.report.dossier.data import read_report, report_json
from policy_router.report.dossier.schema import schema_files
from policy_router.store.shipped import shipped_root
from tests.unit.audit.test_dossier import AT, about, report

SCHEMA = schema_files()["report.schema.json"]


def test_a_report_is_read_back_as_it_was_written() -> None:
    found = read_report(report_json(report()))
    assert found == report()
    assert told(found) == told(report())


def told(found: Dossier) -> list[tuple[object, ...]]:
    """All that documents say, also what does not count where two reports are compared."""
    return [
        (w.kind, w.id, part.what, part.text, part.digest, part.endings)
        for w in found.documents
        for part in w.parts
    ]


def test_what_documents_say_stands_there_once() -> None:
    data = json.loads(report_json(report()))
    numbers = [n for document in data["report"]["documents"] for n in document["parts"]]
    assert len(numbers) > len(data["parts"]) == len({json.dumps(p) for p in data["parts"]})
    assert set(numbers) == set(range(len(data["parts"])))


def test_parts_that_say_the_same_and_end_otherwise_are_two() -> None:
    """They are equal where two reports are compared, and told apart where each is written."""
    ends = (Ending(AT.at, "until then"),)
    one, other = Part("training", "x", "d"), Part("training", "x", "d", ends)
    two = replace(report(), documents=tuple(Written("gateway", p.text, (p,)) for p in (one, other)))
    assert told(read_report(report_json(two))) == told(two)


def test_nothing_is_said_of_what_there_is_nothing_to_say_of() -> None:
    """`shortest` apart, of which nothing and an empty list say different things."""
    data = json.loads(report_json(report()))
    for place, value in walked(data):
        assert value is not None, place
        assert place != "endings" or value


def walked(data: object) -> Iterator[tuple[str, object]]:
    """Every field of every object, by name."""
    if isinstance(data, dict):
        yield from data.items()
        yield from (found for each in data.values() for found in walked(each))
    if isinstance(data, list):
        yield from (found for each in data for found in walked(each))


def test_a_digest_is_told_unless_it_is_that_of_the_text() -> None:
    data = json.loads(report_json(report()))
    without = {part["what"] for part in data["parts"] if "digest" not in part}
    assert {"address", "gateway", "model", "provider"} <= without
    assert not {"prices", "validity"} & without
    assert Part("address", "a") == Part("address", "b", Part("address", "a").digest)


def test_what_rules_say_stands_there_once() -> None:
    data = json.loads(report_json(report()))
    found = data["findings"]
    numbers = [n for c in data["report"]["classes"] for r in c["reasonings"] for n in r["rules"]]
    assert len(numbers) > len(found) == len({json.dumps(each) for each in found})
    assert set(numbers) == set(range(len(found)))


@pytest.mark.parametrize("version", [2, 3, 4])
def test_reports_of_versions_before_are_read_too(version: int) -> None:
    """An organisation's last report may be one. Nothing was left out, and less stood once."""
    findings = Numbered(*((RuleFound,) if version > 2 else ()))
    data = plain(report(), findings)
    for part in (part for document in data["documents"] for part in document["parts"]):
        part["endings"] = part.get("endings", [])
    data["since"] = data["project"] = None
    old = {"format": version, "report": data}
    if version > 2:
        old["findings"] = findings.plain(RuleFound)
    assert read_report(json.dumps(old)) == replace(report(), project=None)


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        (None, r"\$\.NAME: expected a list"),
        ([], "a number of one listed"),
        ([{}], r"\$\.NAME\[0\]: expected `"),
    ],
)
@pytest.mark.parametrize("name", ["findings", "parts"])
def test_what_is_listed_and_not_there_is_missed(name: str, findings: object, said: str) -> None:
    data = json.loads(report_json(report()))
    with pytest.raises(Misshapen, match=said.replace("NAME", name)):
        read_report(json.dumps({**data, name: findings}))


@pytest.mark.parametrize("number", [-1, True, 1.0, "0", 10**6])
def test_what_is_no_number_of_a_finding_is_none(number: object) -> None:
    data = json.loads(report_json(report()))
    data["report"]["classes"][0]["reasonings"][0]["rules"] = [number]
    with pytest.raises(Misshapen, match="a number of one listed"):
        read_report(json.dumps(data))


@pytest.mark.parametrize("where", ["claims", "evidence"])
def test_a_claim_that_is_named_and_not_there_is_missed(where: str) -> None:
    data = json.loads(report_json(report()))
    if where == "claims":
        data["report"]["classes"][-1]["claims"].append(10**6)
    else:
        next(d for f in data["findings"] for d in f["demands"])["evidence"] = [10**6]
    with pytest.raises(Misshapen, match="claim 1000000 is named and not among its evidence"):
        read_report(json.dumps(data))


def test_the_json_follows_the_schema_and_the_schema_is_closed() -> None:
    schema = json.loads(SCHEMA)
    Draft202012Validator.check_schema(schema)
    data = json.loads(report_json(report()))
    Draft202012Validator(schema).validate(data)
    data["report"]["classes"][0]["more"] = 1
    assert not Draft202012Validator(schema).is_valid(data)


def test_the_shipped_schema_is_this() -> None:
    shipped = shipped_root() / "schemas" / "report.schema.json"
    assert shipped.read_text("utf-8") == SCHEMA, "run: policy-router schema --write"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at": 3}, r"\$\.at: expected text"),
        ({"at": "yesterday"}, r"\$\.at: `yesterday` is not what is expected there"),
        ({"at": "2026-11-22T12:00:00"}, r"\$\.at: `2026-11-22T12:00:00` is not what"),
        ({"at": "9999-12-31T23:59:59-23:59"}, r"\$\.at: `9999-12-31T23:59:59-23:59` is not"),
        ({"scope": "mine"}, r"\$\.scope: `mine`"),
        ({"routes": True}, r"\$\.routes: expected integer"),
        ({"classes": {}}, r"\$\.classes: expected a list"),
        ({"digests": []}, r"\$\.digests: expected an object"),
        ({"digests": {"policies": ""}}, r"\$\.digests: expected `registry`"),
        ({"more": 1}, r"\$: expected no `more`"),
    ],
)
def test_what_is_no_report_is_not_read(change: dict[str, object], said: str) -> None:
    with pytest.raises(Misshapen, match=said):
        read(Dossier, {**plain(about("inhouse:assistant-eu")), **change})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "this is no JSON"),
        ("[" * 200_000, "this is no JSON"),
        ('{"report": {}, "format": [5]}', "another format"),
        ('{"report": {}, "format": true}', "another format"),
        ("[]", "this is no audit report"),
        ('{"report": {}, "format": 99}', "another format"),
    ],
)
def test_what_is_no_json_of_ours_is_not_read(text: str, said: str) -> None:
    with pytest.raises(Misshapen, match=said):
        read_report(text)
