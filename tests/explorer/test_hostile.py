"""What documents and records say acts on no page, in whatever field it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from policy_router.audit import explored as audit
from policy_router.audit.explored import Explored, Refusal, Told
from policy_router.explorer import asking, log_pages
from policy_router.report.explorer.html import web_address
from tests.explorer.hostile_project import SHOWN, hostile_project
from tests.explorer.payloads import ADDRESSES, EVIL, PLAINLY_EVIL, SCRIPT, harmless
from tests.explorer.visiting import DAY, Visit, documents_of, read, visiting

O4 = "opper:openai/o4-mini"
OWN = "inhouse:assistant-eu"
ASKED = f"data=health&regime=eu_gdpr&{DAY}"


def evil(value: Any, addition: str = EVIL) -> Any:  # noqa: ANN401 - whatever there is
    """The same value, with the addition in every text of it, however deep."""
    match value:
        case Enum():
            return value
        case str():
            return f"{value}{addition}"
        case tuple():
            return tuple(evil(each, addition) for each in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            changed = {f.name: evil(getattr(value, f.name), addition) for f in fields(value)}
            return replace(value, **changed)
        case _:
            return value


def _evil_refusal(refusal: Refusal) -> Refusal:
    """The names of rules are made of two."""
    rules = {
        name: tuple("/".join(map(evil, rule.split("/"))) for rule in getattr(refusal, name))
        for name in ("failed", "unknown")
    }
    changed: Refusal = replace(evil(refusal), **rules)
    return changed


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Visit:
    """A visit where every text that is found out about routes is hostile."""
    exploring, telling = audit.explored, audit.told

    def explored(engine: Any, request: Any, routes: Sequence[str], moment: Any) -> Explored:  # noqa: ANN401
        found = exploring(engine, request, routes, moment)
        refusals = tuple(map(_evil_refusal, found.refusals))
        return replace(found, permitted=evil(found.permitted), refusals=refusals)

    def told(engine: Any, request: Any, routes: Sequence[str], moment: Any) -> Told:  # noqa: ANN401
        plain = [route.removesuffix(EVIL) for route in routes]
        found: Told = evil(telling(engine, request, plain, moment))
        return found

    monkeypatch.setattr(asking, "explored", explored)
    monkeypatch.setattr(asking, "told", told)
    return visiting(documents_of())


@pytest.mark.parametrize(
    "path",
    [
        f"/?{ASKED}",
        f"/?data=personal&regime=eu_gdpr&{DAY}",
        f"/?data=personal&regime=eu_gdpr&reach=within&{DAY}",
        f"/?data=non_personal&reach=all&{DAY}",
    ],
)
def test_no_text_of_any_field_acts_on_a_page(visit: Visit, path: str) -> None:
    page = visit.page(path)
    harmless(page)
    said = "".join(page.text)
    assert said.count("<img src=x onerror=hit()>") > 20, "it is shown as what it is"
    assert "{{ 7*7 }}" in said
    assert "\u202e" not in said
    assert "\\u{202e}" in said
    for query in [a.attributes["href"] for a in page.of("a") if "/route" in a.attributes["href"]]:
        assert query.isascii()


def test_no_text_of_any_field_acts_on_the_page_of_a_reason(visit: Visit) -> None:
    choice = f"data=personal&regime=eu_gdpr&reach=within&{DAY}"
    first = visit.page(f"/?{choice}")
    every = [e.attributes["hx-get"] for e in first.of("div") if "hx-get" in e.attributes]
    assert every
    for path in every:
        page = visit.page(path)
        harmless(page)
        assert "<img src=x onerror=hit()>" in "".join(page.text)


@pytest.mark.parametrize("what", sorted(ADDRESSES))
def test_only_an_address_of_the_web_is_a_link(what: str) -> None:
    assert web_address(what) is None


@pytest.mark.parametrize(
    "what", ["https://opper.ai/dpa", "http://a.example/?a=1&b=2#c", "https://a.example:8443/x"]
)
def test_an_address_of_the_web_is_one(what: str) -> None:
    assert web_address(what) == what
    assert web_address(None) is None


@pytest.mark.parametrize("field", ["part", "purpose", "tenant", "at", "labels", "data", "page"])
def test_what_is_typed_acts_on_no_page(field: str) -> None:
    visit = visiting(documents_of())
    typed = {field: SCRIPT} if field != "page" else {"colour": SCRIPT, SCRIPT: "x"}
    for path in ("/", "/route", "/compare", "/reason", "/log", "/log/call", "/enter"):
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in typed.items())
        done = visit.ask("GET", f"{path}?{query}")
        assert done.status_code in {200, 403, 404, 422}
        harmless(read(done.text))


# ---- documents, as somebody would write them -----------------------------------------------------


def test_documents_with_every_text_hostile_make_a_harmless_page(tmp_path: Path) -> None:
    visit = visiting(documents_of(hostile_project(tmp_path)))
    choice = f"data=personal&regime=eu_gdpr&purpose=letters&{DAY}"
    shown = ""
    for path in (
        f"/?{choice}",
        f"/?{choice}&reach=all&part=own",
        f"/route?id=own:one&{choice}",
        f"/route?id=own:two&{choice}",
        f"/compare?route=own:one&route=own:two&{choice}",
    ):
        page = visit.page(path)
        harmless(page)
        shown += "".join(page.text)
    for field in SHOWN:
        assert f"{field}{PLAINLY_EVIL}" in shown, field


# ---- the log -------------------------------------------------------------------------------------

_KEPT = {"at", "kind", "mode", "outcome", "reason", "recorded_at", "verdict"}
"""What a record that is shown at all says in words or instants of its kind."""


def _evil_record(value: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON
    match value:
        case str() if name not in _KEPT:
            return f"{value}{EVIL}"
        case list():
            return [_evil_record(each) for each in value]
        case dict():
            return {n: _evil_record(each, n) for n, each in value.items()}
        case _:
            return value


def test_records_with_every_text_hostile_make_a_harmless_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def records(folder: Path) -> Iterator[dict[str, Any]]:
        del folder
        for number in range(3):
            yield _evil_record(_RECORD | {"id": f"call-{number}"})

    monkeypatch.setattr(log_pages, "records_of", records)
    monkeypatch.setattr(log_pages, "latest_of", records)
    monkeypatch.setattr(log_pages, "segments_in", lambda _: [1])
    visit = visiting(documents_of())
    listed = visit.page("/log")
    harmless(listed)
    addresses = [a.attributes["href"] for a in listed.of("a")]
    (one, *_) = [a for a in addresses if a.startswith("/log/call")]
    assert len([a for a in addresses if a.startswith("/log/call")]) == 3
    call = visit.page(one)
    harmless(call)
    for page in (listed, call, visit.page("/log?outcome=refused")):
        harmless(page)
        assert "<img src=x onerror=hit()>" in "".join(page.text)
        assert "\u202e" not in "".join(page.text)


_FACTS: dict[str, Any] = {
    "model": "own/one",
    "stand_ins": {},
    "sets": {"data": {"members": ["health"], "settled": True}},
    "scalars": {"purpose": "letters", "labels.team": "x"},
    "seen": False,
    "declared": ["purpose"],
    "without_declared": None,
}
_RECORD: dict[str, Any] = {
    "kind": "decision",
    "version": "0.1.0",
    "id": "call",
    "recorded_at": "2026-11-22T12:00:00Z",
    "point": "sidecar",
    "caller": "clinic",
    "gateway": "own",
    "observed": False,
    "admitted": False,
    "refused": None,
    "body_bytes": 12,
    "detected": {"by": ["built-in"], "categories": ["health"], "whole": True},
    "retry": None,
    "told": None,
    "attempt": {
        "number": 1,
        "route": None,
        "after": None,
        "passed_over": [{"route": "own:two", "refused": "gateway_unsupported"}],
    },
    "facts": _FACTS,
    "decision": {
        "at": "2026-11-22T12:00:00Z",
        "known_at": None,
        "outcome": "denied",
        "requested": "own/one",
        "route": None,
        "chain": [],
        "substituted": False,
        "reason": "no_compliant_route",
        "missing": ["purpose"],
        "details": [],
        "declared": [],
        "monitor": [],
        "obligations": [],
        "warnings": [],
        "digests": {"policies": "sha256:aa", "registry": "sha256:bb"},
        "candidates": [
            {
                "route": "own:one",
                "permitted": False,
                "unsuitable": [],
                "verdicts": [
                    {"policy": "house", "rule": "one", "mode": "enforce", "verdict": "fail"}
                ],
            }
        ],
    },
}
