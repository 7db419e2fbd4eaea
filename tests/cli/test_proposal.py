"""`replay --against`: what a proposal would do to the calls of a table, or of the log."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ibis", reason="needs the extra `scale`")

import pyarrow as pa
from pyarrow.parquet import read_table, write_table

from tests.cli.running import AT, Done, run
from tests.house.tree import ROOT

HEADER = (
    "id,tenant,data,regime,purpose,lawful_basis,special_condition,subjects,subject_location,"
    "decision_effect,model,endpoint,features,input_modalities,output_modalities,server_tools,"
    "stateful,streaming,tokens_input,tokens_output"
)
PERSONAL = (
    "{id},{tenant},personal,eu_gdpr,support,A6-1-b,,customers,DE,none,,chat_completions,[],[],[],[],"
    "false,false,{into},{out}"
)
AGAINST = "--config examples/organisation --against policies/eu-residency/policy.yaml"


def _line(number: int, **said: object) -> str:
    known = {"id": f"c{number}", "tenant": "praxis", "into": 1000, "out": 200} | said
    return PERSONAL.format(**known)


def _table(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    file = tmp_path / "calls.csv"
    file.write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return file


def _replay(file: Path, options: str = "--unknown", against: str = AGAINST) -> Done:
    return run(f"replay {against} --facts {shlex.quote(str(file))} --at {AT} {options}")


def _json(file: Path, options: str = "--unknown", against: str = AGAINST) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_replay(file, f"{options} --format json", against).out)
    return found


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_how_many_calls_change_because_of_what_and_at_what_cost(tmp_path: Path) -> None:
    file = _table(tmp_path, *(_line(n, into=1000 + n) for n in range(40)))
    done = _replay(file)
    assert (done.code, done.err) == (1, "")
    assert "Of 40 calls, 40 would be decided otherwise" in done.out
    assert "40 would take another route, because of `eu-residency/" in done.out
    assert "opper:openai/o4-mini" in done.out
    found = _json(file)
    (kind,) = found["by_kind"]
    assert (kind["kind"], kind["calls"], kind["cost_not_known"]) == ("rerouted", 40, 0)
    assert kind["cost_difference"] == kind["cost_now"] - kind["cost_was"] != 0
    assert found["by_tenant"][0]["tenant"] == "praxis"
    assert {row["rule"].partition("/")[0] for row in found["by_rule"]} == {"eu-residency"}
    assert _json(file) == found


def test_by_tenant(tmp_path: Path) -> None:
    file = _table(tmp_path, _line(1), _line(2, tenant="klinik"), _line(3, tenant="klinik"))
    done = _replay(file, "--unknown --by tenant")
    lines = [line.split()[0] for line in done.lines if line.startswith(("klinik", "praxis"))]
    assert lines == ["klinik", "praxis"]


def test_what_makes_no_difference_is_not_said_of_a_kind_of_calls(tmp_path: Path) -> None:
    """Two purposes that no policy tells apart: neither of them is said of both calls."""
    file = _table(tmp_path, _line(1), _line(2).replace("support", "newsletter"))
    (both,) = _json(file)["examples"]
    assert both["calls"] == 2
    assert both["facts"]["data"] == "personal"
    assert "purpose" not in both["facts"]
    (one,) = _json(_table(tmp_path, _line(1)))["examples"]
    assert one["facts"]["purpose"] == "support"


def test_the_same_documents_change_nothing(tmp_path: Path) -> None:
    file = _table(tmp_path, _line(1))
    done = _replay(file, against="--config examples/organisation --against examples/organisation")
    assert (done.code, done.err) == (0, "")
    assert "Of 1 call, 0 would be decided otherwise" in done.out


def test_rows_that_cannot_be_decided_are_counted_each_with_why(tmp_path: Path) -> None:
    formula = '"=HYPERLINK(""http://x.example"")"'
    hostile = (
        _line(2).replace("personal", "secrets"),
        _line(3, into=-5),
        _line(4, into="1e3"),
        _line(5, out="2.5"),
        _line(6, out=99999999999),
        _line(7).replace("support", "x" * 10_000),
        _line(8, tenant=formula),
        _line(9).replace("eu_gdpr", '"eu_gdpr, \u202e"'),
        _line(10).replace("false,false", "maybe,false"),
    )
    file = _table(tmp_path, _line(1), *hostile)
    found = _json(file)
    assert found["rows"] == 10
    assert found["calls"] + sum(aside["rows"] for aside in found["set_aside"]) == 10
    by_code: dict[str, int] = {}
    for aside in found["set_aside"]:
        by_code[aside["code"]] = by_code.get(aside["code"], 0) + aside["rows"]
    assert by_code["RPL506"] == 4
    assert by_code["RPL504"] >= 2
    done = _replay(file)
    assert "Set aside" in done.out
    headline = " ".join(done.out.split())
    aside, rows = sum(by_code.values()), _json(file)["rows"]
    assert headline.startswith(f"Of {rows} rows {aside} are set aside, ")
    assert "\u202e" not in done.out


def test_nothing_changes_and_a_row_is_in_doubt(tmp_path: Path) -> None:
    file = _table(tmp_path, _line(1, into=-5))
    assert _replay(file).code == 2


def test_nulls_are_unknown_and_never_help(tmp_path: Path) -> None:
    nothing = "c1," + "," * (HEADER.count(",") - 1)
    (row,) = _json(_table(tmp_path, nothing))["examples"] or [{"was": "refused"}]
    assert "/" not in str(row["was"]) or row["kind"] != "newly_permitted"
    found = _json(_table(tmp_path, nothing), against="--policy gdpr --against shipped")
    assert found["by_kind"][0]["kind"] == "same"
    assert found["by_kind"][0]["cost_was"] == 0


def test_a_missing_column_is_an_error_unless_it_is_said_to_be_unknown(tmp_path: Path) -> None:
    file = _table(tmp_path, "c1,personal", header="id,data")
    done = _replay(file, "")
    assert done.code == 2
    assert done.err.startswith("error[RPL501]: policies read what is no column: ")
    assert "`regime`" in done.err
    assert "--unknown" in done.err
    assert "regime" in _json(file)["unknown_columns"]


@pytest.mark.parametrize(
    ("name", "said"), [("calls.parquet", "RPL503"), ("calls.txt", "RPL503"), ("no.csv", "RPL503")]
)
def test_what_is_no_table_cannot_be_read(tmp_path: Path, name: str, said: str) -> None:
    if not name.startswith("no"):
        (tmp_path / name).write_bytes(b"no table\n")
    done = _replay(tmp_path / name)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error[{said}]: ")


def test_a_column_of_another_kind_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "calls.parquet"
    write_table(pa.table({"id": ["c1"], "data": pa.array([{"a": 1}])}), file)
    done = _replay(file)
    assert done.code == 2
    assert done.err.startswith("error[RPL502]: the column `data` is of a kind")


def test_a_kind_of_the_engine_alone_is_told_in_its_words(tmp_path: Path) -> None:
    file = tmp_path / "calls.parquet"
    nothing = pa.array([[[]]], pa.list_(pa.list_(pa.null())))
    write_table(pa.table({"id": ["c1"], "data": nothing}), file)
    done = _replay(file)
    assert done.code == 2
    assert '`data` is of a kind that cannot be read: "NULL"[][]' in done.err.replace(
        "`NULL`", '"NULL"'
    )


def test_columns_in_which_nothing_stands_are_read_as_such(tmp_path: Path) -> None:
    """As pyarrow and pandas write lists of nothing and nulls alone: the kind is that of nothing."""
    names = HEADER.split(",")
    line = _line(1).replace("[]", "").split(",")
    stated: dict[str, Any] = {name: [word or None] for name, word in zip(names, line, strict=True)}
    typed = tmp_path / "typed.parquet"
    sets = {"features", "input_modalities", "output_modalities", "server_tools"}
    texts, lists = pa.string(), pa.list_(pa.string())
    columns = {n: pa.array([[]], lists) if n in sets else v for n, v in stated.items()}
    write_table(
        pa.table({n: pa.array(v, texts) if v == [None] else v for n, v in columns.items()}), typed
    )
    bare = tmp_path / "calls.parquet"
    write_table(pa.table({n: [[]] if n in sets else v for n, v in stated.items()}), bare)
    kinds = {str(field.type) for field in read_table(bare).schema}
    assert {"null", "list<element: null>"} <= kinds
    found, same = _json(bare, ""), _json(typed, "")
    assert found["calls"] == 1
    assert found == same


def test_lists_with_holes_are_open(tmp_path: Path) -> None:
    file = tmp_path / "calls.parquet"
    lists = pa.array([["personal"], ["personal", None], None], pa.list_(pa.string()))
    write_table(pa.table({"id": ["a", "b", "c"], "data": lists}), file)
    found = _json(file)
    assert (found["rows"], found["calls"]) == (3, 3)


def test_every_call_that_changes_can_be_had(tmp_path: Path) -> None:
    file = _table(tmp_path, _line(1), _line(2, into=-5), _line(3))
    changed = tmp_path / "changed.parquet"
    done = _replay(file, f"--unknown --changed {shlex.quote(str(changed))}")
    assert done.code == 1
    rows = read_table(changed).to_pylist()
    assert [row["id"] for row in rows] == ["c1", "c3"]
    assert {row["kind"] for row in rows} == {"rerouted"}


@pytest.mark.parametrize(
    "options",
    [
        "--facts x.csv",
        "--changed x.parquet",
        "--against shipped --now",
        "--against shipped --decision 1",
        "--against shipped --facts x.csv --all",
    ],
)
def test_options_that_do_not_go_together(options: str) -> None:
    done = run(f"replay --policy gdpr {options}")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
