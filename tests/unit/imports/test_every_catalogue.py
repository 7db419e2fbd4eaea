"""Every catalogue against every hostility: a coded refusal, or one row set aside and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final

import pytest

from policy_router.domain.codes import CODES
from policy_router.language.text import FORBIDDEN
from policy_router.registry.importers.catalogues import CATALOGUES, drafts
from policy_router.registry.importers.drafts import Drafts, Row
from policy_router.registry.importers.refusal import ImportRefused
from tests.house.tree import ROOT
from tests.unit.imports.hostile import large, refused

CASES: Final = ROOT / "tests" / "cases" / "imports"
DAY: Final = date(2026, 11, 22)
ROWS: Final = {
    "opper": ("models",),
    "opper-compat": ("data",),
    "litellm": (),
    "models-dev": ("opper", "models"),
    "openrouter": ("data",),
    "openrouter-endpoints": ("data", "endpoints"),
    "openrouter-zdr": ("data",),
}
"""Where the rows of a catalogue stand."""
TEXTS: Final = {
    "a terminal escape": "\x1b]0;owned\x07\x1b[31m",
    "a line of its own": "a\nb: c",
    "another direction": "a\u202eb",
    "half a character": "a\ud800",
    "a Cyrillic letter": "g\u0440t-5",
    "a full-width letter": "\uff47pt",
    "a formula": "=HYPERLINK(A1)",
    "a formula with an at": "@SUM(A1)",
    "a formula with a plus": "+1+1",
    "a formula behind a tab": "\t=1+1",
    "a formula behind a blank": "  =1+1",
    "a text without end": "a" * 20_000,
    "a path": "../../etc/passwd",
    "nothing": "",
}
VALUES: Final = {
    "a negative number": -1,
    "a negative fraction": -0.000001,
    "a number beyond any": 10**30,
    "a number in words": "free",
    "not a number, as text": "NaN",
    "endless, as text": "1e999",
    "a truth": True,
    "a list": [],
    "a list of lists": [[[[[[[]]]]]]],
    "an object": {"a": {}},
    "null": None,
}
Path = tuple[str | int, ...]


@cache
def text(source: str) -> str:
    return (CASES / f"{source}.json").read_text("utf-8")


def whole(source: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(text(source))


def at(data: Any, path: Path) -> Any:  # noqa: ANN401 - JSON
    for step in path:
        data = data[step]
    return data


def below(data: object, path: Path = ()) -> Iterator[Path]:
    """Every place in JSON, the innermost last."""
    yield path
    if isinstance(data, dict | list):
        steps: Any = data if isinstance(data, dict) else range(len(data))
        for step in steps:
            yield from below(data[step], (*path, step))


def read(source: str, data: object) -> Drafts:
    return drafts(source, json.dumps(data).encode(), "list", DAY)


def read_or_code(source: str, data: object) -> Drafts | str:
    """What is read, or the code of the refusal."""
    try:
        return read(source, data)
    except ImportRefused as refusal:
        return refusal.code


def sound_row(source: str) -> Path:
    """The place of the first row that the catalogue's fixture is not there to have set aside."""
    rows = at(whole(source), ROWS[source])
    names: Any = rows if isinstance(rows, dict) else range(len(rows))
    aside = {q.key for q in read(source, whole(source)).quarantined}
    return next(
        (*ROWS[source], name)
        for name in names
        if name not in aside and not aside & {str(rows[name].get(k)) for k in ("id", "name")}
        if name != "sample_spec"
    )


def without(source: str, row: Path) -> tuple[Row, ...]:
    """What the other rows say where this one is not there; nothing if it is the only one."""
    data = whole(source)
    del at(data, row[:-1])[row[-1]]
    found = read_or_code(source, data)
    return () if isinstance(found, str) else found.rows


def texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        yield from (t for f in fields(value) for t in texts_in(getattr(value, f.name)))
    elif isinstance(value, tuple | frozenset):
        yield from (t for each in value for t in texts_in(each))


def numbers_in(value: object) -> Iterator[Decimal]:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        yield Decimal(value)
    elif is_dataclass(value):
        yield from (n for f in fields(value) for n in numbers_in(getattr(value, f.name)))
    elif isinstance(value, tuple | frozenset):
        yield from (n for each in value for n in numbers_in(each))


def check_harmless(found: Drafts) -> None:
    for row in found.rows:
        for said in texts_in(row):
            assert not FORBIDDEN.search(said)
            assert not said.startswith(("=", "+", "@", "-"))
            assert len(said) <= 300
        assert (row.provider + row.address).isascii()
        assert all(number.is_finite() and number >= 0 for number in numbers_in(row))
    for aside in found.quarantined:
        assert aside.code in CODES
        assert not FORBIDDEN.search(aside.message)


def test_every_catalogue_is_here() -> None:
    assert ROWS.keys() == CATALOGUES.keys()
    assert {file.stem for file in CASES.glob("*.json")} == CATALOGUES.keys()


@pytest.mark.parametrize("source", CATALOGUES)
@pytest.mark.parametrize("name", [*TEXTS, *VALUES])
def test_one_hostile_value_anywhere_in_a_row_leaves_the_others_as_they_are(
    source: str, name: str
) -> None:
    row = sound_row(source)
    others = without(source, row)
    hostile = {**TEXTS, **VALUES}[name]
    for inner in below(at(whole(source), row)):
        path = (*row, *inner)
        data = whole(source)
        at(data, path[:-1])[path[-1]] = hostile
        found = read_or_code(source, data)
        if isinstance(found, str):
            assert (found, others) == ("IMP107", ()), path
            continue
        check_harmless(found)
        assert [r for r in found.rows if r in others] == list(others), path
        assert len(found.rows) <= len(others) + 1, path


@pytest.mark.parametrize("source", CATALOGUES)
def test_an_id_that_is_none_sets_its_row_aside(source: str) -> None:
    """Names that look like others, that act on a terminal, or that a spreadsheet would run."""
    row = sound_row(source)
    key = next(
        k for k in ("model_id", "id", "tag", row[-1]) if k in {*at(whole(source), row), row[-1]}
    )
    for name in ("a terminal escape", "another direction", "a Cyrillic letter", "a formula"):
        data = whole(source)
        if key == row[-1]:
            rows = at(data, row[:-1])
            rows[TEXTS[name]] = rows.pop(key)
        else:
            at(data, row)[key] = TEXTS[name]
        found = read_or_code(source, data)
        codes = {found} if isinstance(found, str) else {q.code for q in found.quarantined}
        assert codes & {"IMP204", "IMP205", "IMP206", "IMP107"}, (key, name)


@pytest.mark.parametrize("source", CATALOGUES)
def test_a_row_may_be_anything(source: str) -> None:
    row = sound_row(source)
    others = without(source, row)
    values: tuple[object, ...] = (None, 1, "a", [], [[]], True, {})
    for value in values:
        data = whole(source)
        at(data, row[:-1])[row[-1]] = value
        found = read_or_code(source, data)
        if isinstance(found, str):
            assert (found, others) == ("IMP107", ())
            continue
        assert [r for r in found.rows if r in others] == list(others)
        check_harmless(found)


@pytest.mark.parametrize("source", CATALOGUES)
def test_whatever_is_cut_off_is_refused(source: str) -> None:
    data = text(source).strip().encode()
    for end in range(0, len(data), 41):
        with pytest.raises(ImportRefused) as caught:
            drafts(source, data[:end], "list", DAY)
        assert caught.value.code == "IMP102"


@pytest.mark.parametrize("source", CATALOGUES)
def test_a_field_stated_twice_is_refused_wherever_it_stands(source: str) -> None:
    places = [p for p in below(whole(source)) if isinstance(at(whole(source), p), dict)]
    for path in places:
        data = whole(source)
        inner = at(data, path)
        if not inner:
            continue
        name = next(iter(inner))
        inner["?"] = inner[name]
        again = json.dumps(data).replace('"?":', f"{json.dumps(name)}:")
        with pytest.raises(ImportRefused) as caught:
            drafts(source, again.encode(), "list", DAY)
        assert caught.value.code == "IMP105", path


@pytest.mark.parametrize("source", CATALOGUES)
@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 5000])
def test_a_number_that_is_none_is_refused_wherever_it_stands(source: str, number: str) -> None:
    for path in below(whole(source)):
        if path:
            data = whole(source)
            at(data, path[:-1])[path[-1]] = "?"
            with pytest.raises(ImportRefused) as caught:
                drafts(source, json.dumps(data).replace('"?"', number).encode(), "list", DAY)
            assert caught.value.code == "IMP106", path


@pytest.mark.parametrize("source", CATALOGUES)
def test_what_no_catalogue_could_be_is_refused_by_each(source: str) -> None:
    for code, name, data in refused():
        if code != "IMP107":
            with pytest.raises(ImportRefused) as caught:
                drafts(source, data, "list", DAY)
            assert caught.value.code == code, name


def test_what_is_too_large_is_refused_by_each() -> None:
    for code, data in large():
        for source in CATALOGUES:
            with pytest.raises(ImportRefused) as caught:
                drafts(source, data, "list", DAY)
            assert caught.value.code == code, source
