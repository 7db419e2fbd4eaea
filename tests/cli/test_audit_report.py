"""`audit --report`: one content in four shapes, compared with the last report, safe to open."""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from policy_router.report.dossier.data import read_report
from policy_router.report.dossier.written import written
from policy_router.report.visible import escaped
from tests.cli.reported import (
    ORGANISATION,
    data_of,
    digest_of,
    page_of,
    sheets_of,
    tables_of,
    write,
)
from tests.cli.running import AT, run, without_digests
from tests.house.tree import ROOT

LATER = "2027-02-10T12:00:00Z"
SCREEN = Path(__file__).with_name("audit-report.txt")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report on the routes in use of the example organisation."""
    found = tmp_path_factory.mktemp("report") / "out"
    write(found)
    return found


def again(folder: Path, place: Path) -> Path:
    """The same report elsewhere: the same inputs give the same bytes, as is tested below."""
    return shutil.copytree(folder, place / "again")


@cache
def audited(options: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(run(f"audit {options} --at {AT} --format json").out)
    return found


# ---- one content ---------------------------------------------------------------------------------


def test_what_is_said_of_it(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    done = write(tmp_path / "out")
    said = without_digests(done.out.replace(str(tmp_path), "."))
    if request.config.getoption("--update-cases"):
        SCREEN.write_text(said, "utf-8")
    assert said == SCREEN.read_text("utf-8")
    summary = data_of(tmp_path / "out")["summary"]
    assert " ".join(done.out.split()).startswith(" ".join(summary))
    assert all(sentence.count(". ") == 0 for sentence in summary)


@pytest.mark.parametrize("options", ["", "--provider xai,inhouse-servers"])
def test_its_numbers_are_those_of_the_audit(tmp_path: Path, options: str) -> None:
    write(tmp_path, f"{ORGANISATION} {options}")
    audit, data = audited(f"{ORGANISATION} {options}"), data_of(tmp_path)["report"]
    assert {s["id"]: s["within_reach"] for s in data["scenarios"]} == audit["counts"]
    assert data["digests"] == audit["digests"]
    standing = {
        (scenario, route["id"]): reasoning["standing"]
        for each in data["classes"]
        for reasoning in each["reasonings"]
        for scenario in reasoning["scenarios"]
        for route in each["routes"]
    }
    cells = audit["cells"]
    assert isinstance(cells, list)
    expected = {(c["scenario"], c["route"]): c["standing"] for c in cells}
    assert standing.items() <= expected.items()
    if options:
        assert standing == expected
        assert {s["id"]: s["counts"] for s in data["scenarios"]} == audit["counts"]
        rests_on = dict(audit["rests_on"])  # type: ignore[call-overload]
        rests_on["law"] = rests_on.pop("secondary_readings_of_law")
        assert data["rests_on"] == rests_on
    rows = tables_of(tmp_path)["matrix"][1:]
    words = {"unknown": "not known"}
    told = {(r[0], r[1]): r[4].partition(" by ") for r in rows}
    assert {w: t[0] for w, t in told.items()} == {w: words.get(s, s) for w, s in standing.items()}
    kinds = (("exceptions", "exception"), ("signoffs", "sign-off"))
    by = {(c["scenario"], c["route"]): [name for key, name in kinds if c[key]] for c in cells}
    assert {w: t[2] for w, t in told.items()} == {w: " and ".join(by[w]) for w in told}


def test_the_workbook_holds_what_the_csv_files_hold(folder: Path) -> None:
    sheets, tables = sheets_of(folder / "report.xlsx"), tables_of(folder)
    assert sheets.keys() == tables.keys()
    for name, rows in tables.items():
        filled = [[*row[: _filled(row)]] for row in rows]
        assert [row[: _filled(row)] for row in sheets[name]] == filled, name


def _filled(row: list[str]) -> int:
    return max((n for n, cell in enumerate(row, start=1) if cell), default=0)


def test_the_page_says_what_the_csv_files_say(folder: Path) -> None:
    said = page_of(folder).words().replace("`", "")
    missing = [
        cell
        for name, rows in tables_of(folder).items()
        if name not in {"reasons", "matrix", "summary"}
        for row in rows[1:]
        for cell in row
        if " ".join(cell.replace("`", "").split()) not in said and "; " not in cell
    ]
    assert missing == []
    for sentence in (*data_of(folder)["summary"], *data_of(folder)["limits"]):
        assert sentence in said


def test_every_demand_of_every_rule_is_on_the_page(folder: Path) -> None:
    said = page_of(folder).words()
    for title in {row[5] for row in tables_of(folder)["reasons"][1:]}:
        assert title in said
    assert "organisation's choice, beyond GDPR Art. 5(1)(e)" in said
    assert "signed contract, 306 days old, contract openai-dpa" in said


def test_the_same_inputs_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write(tmp_path)
    files = {f.relative_to(folder): f.read_bytes() for f in folder.rglob("*.*")}
    assert {f.relative_to(tmp_path): f.read_bytes() for f in tmp_path.rglob("*.*")} == files


def test_blanks_are_marked(folder: Path) -> None:
    tables = tables_of(folder)
    assert [row[1:4] for row in tables["signing"][1:]] == [["to complete"] * 3] * 3
    parties = tables["subprocessors"]
    for title in ("Address", "Contact", "Objection deadline"):
        place = parties[0].index(title)
        assert {row[place] for row in parties[1:]} == {"to complete"}
    words = page_of(folder).words()
    assert "Data protection officer" in words
    assert "to complete" in words


# ---- since the last report -----------------------------------------------------------------------


def test_a_later_report_says_what_was_lost_and_why(folder: Path, tmp_path: Path) -> None:
    out = again(folder, tmp_path)
    done = write(out, at=LATER)
    assert done.lines[-1] == (
        "Since the report as of 2026-11-22 12:00 UTC: 0 permissions gained, 6 lost"
    )
    since = data_of(out)["report"]["since"]
    lost = {
        (turn["scenario"], route, cause["kind"], cause["about"])
        for turn in since["turns"]
        for route in turn["routes"]
        for cause in turn["causes"]
        if turn["before"]["standing"] == "permitted"
    }
    assert ("customer-data", "opper:openai/o4-mini", "agreement", "openai") in lost
    assert ("health-data", "inhouse:assistant-eu", "age", "inhouse-servers") in lost
    assert {d["about"] for d in since["states"]} >= {"openai-dpa", "tia-openai-us"}
    assert "a contract, processing contract of OpenAI API: was in force" in page_of(out).words()


def test_the_report_before_is_kept_and_found_again(folder: Path, tmp_path: Path) -> None:
    out = again(folder, tmp_path)
    first = (out / "report.json").read_bytes()
    write(out, at=LATER)
    assert [f.read_bytes() for f in (out / "earlier").iterdir()] == [first]
    second = (out / "report.json").read_bytes()
    write(out, at=LATER)
    assert (out / "report.json").read_bytes() == second
    assert len(list((out / "earlier").iterdir())) == 1


def test_the_last_instant_before_counts(folder: Path, tmp_path: Path) -> None:
    out = again(folder, tmp_path)
    write(out, at=LATER)
    write(out, at="2026-11-21T12:00:00Z")
    said = write(out, at="2027-02-11T12:00:00Z").lines[-1]
    assert said.startswith("Since the report as of 2027-02-10 12:00 UTC: ")


def test_any_report_can_be_compared_with(folder: Path, tmp_path: Path) -> None:
    options = f"{ORGANISATION} --since-report {folder}/report.json"
    done = write(tmp_path / "second", options, LATER)
    assert "6 lost" in done.lines[-1]


def test_a_report_of_the_same_day_has_none_before_it(folder: Path) -> None:
    assert "since" not in data_of(folder)["report"]
    assert "There is no earlier report to compare with." in page_of(folder).words()


# ---- misuse --------------------------------------------------------------------------------------


def test_no_file_that_is_no_report_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"mine": true}', "utf-8")
    done = run(f"audit {ORGANISATION} --at {AT} --report {tmp_path}")
    assert done.code == 2
    assert "is no report that this program wrote: this is no audit report" in done.err
    assert sorted(f.name for f in tmp_path.iterdir()) == ["report.json"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--report out --format json", "it takes no options about the output"),
        ("--report out --observed", "it takes no options about the output"),
        ("--report out --standing permitted", "it takes no options about the output"),
        (f"--since-report {ROOT}/README.md", "`--since-report` is for `--report`"),
        (f"--report out --since-report {ROOT}/README.md", "this is no JSON"),
    ],
)
def test_what_makes_no_sense_is_refused(
    options: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(f"audit {ORGANISATION} --at {AT} {options}")
    assert done.code == 2
    assert said in " ".join(done.err.split())
    assert list(tmp_path.iterdir()) == []


def test_without_its_libraries_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [n for n in sys.modules if n.endswith("audit_report") or ".report.dossier" in n]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    done = run(f"audit {ORGANISATION} --at {AT} --report {tmp_path}")
    assert done.code == 2
    assert "reports need the extra `report`" in done.err
    assert list(tmp_path.iterdir()) == []


# ---- safe to open --------------------------------------------------------------------------------

HOSTILE = (
    "=cmd|' /C calc'!A0</style></script><script>alert(1)</script>\" onload=x \x1b[2J\u202e{{7*7}}"
)
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def _poisoned(value: Any) -> Any:  # noqa: ANN401 - any content
    """The content, every text in it hostile, the same text always in the same way."""
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return f"{HOSTILE}{value}"
    if isinstance(value, tuple):
        return tuple(map(_poisoned, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _poisoned(getattr(value, f.name)) for f in fields(value)})
    return value


@pytest.fixture(scope="module")
def hostile(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report in which every text is hostile, with a difference to one before it."""
    out = again(folder, tmp_path_factory.mktemp("hostile"))
    write(out, at=LATER)
    content = _poisoned(read_report((out / "report.json").read_text("utf-8")))
    assert content.since.turns[0].scenario.startswith(HOSTILE)
    for name, data in written(content).items():
        (out / name).write_bytes(data)
    return out


def test_no_text_of_a_document_is_markup(hostile: Path) -> None:
    page = page_of(hostile)
    assert {e.tag for e in page.elements} & {"script", "iframe", "object", "img", "form"} == set()
    assert not [e for e in page.elements if any(n.startswith("on") for n in e.attributes)]
    assert not [e for e in page.elements if "style" in e.attributes]
    text = (hostile / "report.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{7*7}}" in text
    assert text.split("\n") == [escaped(line) for line in text.split("\n")]


def test_no_cell_is_a_formula_and_no_text_acts_on_a_terminal(hostile: Path) -> None:
    tables = tables_of(hostile)
    sheets = sheets_of(hostile / "report.xlsx")
    cells = [c for found in (tables, sheets) for rows in found.values() for r in rows for c in r]
    assert [cell for cell in cells if cell.startswith(FORMULAS)] == []
    assert any(cell.startswith("'=cmd") for cell in cells)
    assert [cell for cell in cells if cell != escaped(cell)] == []
    assert (hostile / "report.json").read_text("utf-8").isascii()


def test_nothing_of_prompts_keys_or_headers_is_in_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = "canary-7f3a"
    assert run(f"init {tmp_path}/project --example").code == 0
    log = tmp_path / "project" / "log"
    log.mkdir(exist_ok=True)
    record = {
        "kind": "decision",
        "id": canary,
        "caller": canary,
        "refused": canary,
        "facts": {"model": canary, "scalars": {"purpose": canary}},
        "decision": {"route": canary, "requested": canary},
    }
    for name in ("records.jsonl", "000000.jsonl"):
        (log / name).write_text(json.dumps(record) + "\n", "utf-8")
    for name in ("OPPER_API_KEY", "OPENAI_API_KEY", "POLICY_ROUTER_KEY"):
        monkeypatch.setenv(name, canary)
    done = run(f"audit --config {tmp_path}/project --at {AT} --report {tmp_path}/out")
    assert done.code == 0, done.err
    assert canary not in done.out
    for file in (tmp_path / "out").rglob("*.*"):
        assert canary.encode() not in file.read_bytes()
    assert canary not in str(sheets_of(tmp_path / "out" / "report.xlsx"))


# ---- the page ------------------------------------------------------------------------------------


def test_the_page_loads_nothing_and_allows_only_its_own_style(folder: Path) -> None:
    page = page_of(folder)
    policies = [e.attributes["content"] for e in page.of("meta") if "http-equiv" in e.attributes]
    (allowed,) = policies
    assert allowed == (
        f"default-src 'none'; style-src {digest_of(page.style)}; base-uri 'none'; "
        "form-action 'none'"
    )
    assert not page.of("link")
    assert {"src", "srcset", "action"}.isdisjoint(n for e in page.elements for n in e.attributes)
    assert "url(" not in page.style
    assert "@import" not in page.style
    assert {e.attributes["href"][:1] for e in page.of("a")} == {"#"}


def test_every_link_leads_somewhere_and_every_id_is_there_once(folder: Path) -> None:
    page = page_of(folder)
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    assert {e.attributes["href"][1:] for e in page.of("a")} <= set(ids)
    named = " ".join(e.attributes.get("aria-labelledby", "") for e in page.elements).split()
    assert set(named) <= set(ids)


def test_a_screen_reader_finds_its_way(folder: Path) -> None:
    page = page_of(folder)
    assert page.of("html")[0].attributes["lang"] == "en"
    assert [len(page.of(tag)) for tag in ("main", "header", "nav", "footer", "h1")] == [1] * 5
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert {e.attributes.get("scope") for e in page.of("th")} <= {"col", "row", "colgroup"}
    for drawing in page.of("svg"):
        assert drawing.attributes["role"] == "img"
        assert drawing.attributes["aria-labelledby"]
    assert len(page.of("summary")) == len(page.of("details"))
    assert page.of("a")[0].attributes == {"class": "skip", "href": "#main"}
    scrolled = [e for e in page.of("div") if e.attributes.get("tabindex") == "0"]
    assert all(e.attributes.get("aria-label") for e in scrolled)


PAIRS = (
    ("ink", "page"), ("quiet", "page"), ("link", "page"), ("quiet", "tint"), ("ink", "tint"),
    ("yes-ink", "yes"), ("no-ink", "no"), ("open-ink", "open"), ("blank-ink", "blank"),
    ("on-bar", "bar-yes"), ("on-bar", "bar-no"), ("on-bar", "bar-open"), ("on-bar", "link"),
)  # fmt: skip


def test_text_stands_out_from_what_is_behind_it(folder: Path) -> None:
    schemes = re.findall(r":root \{(.*?)\}", page_of(folder).style, re.DOTALL)
    assert len(schemes) == 3, "light, dark, paper"
    for scheme in schemes:
        colours = dict(re.findall(r"--([\w-]+): #(\w{6})", scheme))
        for ink, behind in PAIRS:
            assert _contrast(colours[ink], colours[behind]) >= 4.5, (ink, behind)


def _contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
