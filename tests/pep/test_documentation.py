"""The pages about enforcement and errors say what the code does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from google.genai import errors

from policy_router.audit.record import Ending
from policy_router.domain.decision import Reason
from policy_router.domain.vocabulary import FACTS
from policy_router.enforcement import denial
from policy_router.enforcement.answer import Forward, refuse, unanswered
from policy_router.enforcement.exchange import FAILS_OVER, MOST_ATTEMPTS
from policy_router.wire.operation import Dialect
from policy_router.wire.refusal import RefusalCode, Refused
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "enforcement.md").read_text("utf-8")
ERRORS = (ROOT / "docs" / "errors.md").read_text("utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \| (\d{3}) \| [^|]+ \| (\w+) \| [^|]+ \|$", re.MULTILINE)
WHO = {"developer", "policies", "operator", "upstream"}

Raised = Callable[[int, bytes], Exception]


def _table(name: str) -> list[tuple[str, str, str]]:
    part = ERRORS.partition(f"<!-- {name} -->")[2].partition(f"<!-- end of {name} -->")[0]
    return ROW.findall(part)


def test_every_refusal_is_listed_with_its_status_and_who_can_mend_it() -> None:
    rows = _table("refusals")
    assert {code: status for code, status, _ in rows} == {
        code.value: str(Refused(code, "x").status) for code in RefusalCode
    }
    assert len(rows) == len(RefusalCode)
    assert {who for _, _, who in rows} == WHO


def test_every_reason_is_listed_and_is_a_403() -> None:
    rows = _table("reasons")
    assert [code for code, _, _ in rows] == [reason.value for reason in Reason]
    assert {status for _, status, _ in rows} == {str(denial.STATUS)}
    assert {who for _, _, who in rows} <= WHO


def test_faults_that_a_caller_made_are_not_blamed_on_others() -> None:
    """Whoever gets a 4xx can do something, or policies can; 5xx are never the developer's."""
    for code, status, who in (*_table("reasons"), *_table("refusals")):
        assert (who in {"developer", "policies"}) == status.startswith("4"), code


def _openai(status: int, body: bytes) -> Exception:
    client = openai.OpenAI(api_key="k")
    return client._make_status_error_from_response(_response(status, body))


def _anthropic(status: int, body: bytes) -> Exception:
    client = anthropic.Anthropic(api_key="k")
    return client._make_status_error_from_response(_response(status, body))


def _google(status: int, body: bytes) -> Exception:
    with pytest.raises(errors.APIError) as caught:
        errors.APIError.raise_for_response(_response(status, body))
    return caught.value


def _response(status: int, body: bytes) -> Any:  # noqa: ANN401 - each SDK has its own type of it
    request = httpx2.Request("POST", "https://sdk.example/")
    return httpx2.Response(status, content=body, request=request)


RAISED: dict[Dialect, Raised] = {
    Dialect.OPENAI: _openai,
    Dialect.ANTHROPIC: _anthropic,
    Dialect.GOOGLE: _google,
}


def _documented(status: int, column: int) -> str:
    """The name of the error that the page says an SDK raises for `status`."""
    rows = [line.split("|")[1:-1] for line in ERRORS.splitlines() if re.match(r"\| \d{3}", line)]
    (cell,) = [row[column] for row in rows if str(status) in row[0]]
    usual, _, special = cell.partition("(")
    names: dict[str, str] = {
        one: name
        for some, name in re.findall(r"((?:\d{3}(?:, )?)+): `(\w+)`", special)
        for one in some.split(", ")
    }
    return names.get(str(status), usual.strip().strip("`"))


@pytest.mark.parametrize("code", RefusalCode)
@pytest.mark.parametrize(("column", "dialect"), list(enumerate(RAISED, start=2)))
def test_each_sdk_raises_what_the_page_says(
    code: RefusalCode, column: int, dialect: Dialect
) -> None:
    reply = refuse("the-decision", Refused(code, "it is no good", "do better"), dialect)
    error = RAISED[dialect](reply.status, reply.body)
    assert type(error).__name__ == _documented(reply.status, column)
    assert "it is no good" in str(error)
    assert code.value in f"{error} {getattr(error, 'body', '')} {getattr(error, 'details', '')}"


def test_only_what_may_pass_by_itself_may_be_tried_again() -> None:
    refused = refuse("x", Refused(RefusalCode.UNDECIDED, "x"))
    assert dict(refused.headers)["x-should-retry"] == "false"
    forward = Forward("x", "r", "m", "https://up.example", (), b"")
    for how in (Ending.TIMED_OUT, Ending.UNREACHED, Ending.BROKEN):
        assert "x-should-retry" not in dict(unanswered(forward, how).headers)


def test_what_fails_over_is_listed() -> None:
    part = PAGE.partition("## Failover")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in part.splitlines() if line.startswith("| ")]
    said = {row[0]: row[1].strip() for row in rows}
    listed = {int(s) for what, yes in said.items() if yes == "yes" for s in _statuses(what)}
    assert listed == FAILS_OVER
    assert "at most four in all" in part
    assert MOST_ATTEMPTS == 4


def _statuses(what: str) -> list[str]:
    return re.findall(r"\b\d{3}\b", what)


def test_every_ending_is_listed() -> None:
    part = PAGE.partition("- `outcome` says")[2].partition("\n\n")[0]
    for how in Ending:
        if how is not Ending.FAILED_OVER:
            assert f"`{how.value}`" in part, how


def test_every_fact_a_call_may_declare_is_listed() -> None:
    listed = re.findall(r"^\| `X-Governance-[\w-]+` \| `governance_(\w+)` \|", PAGE, re.MULTILINE)
    declarable = {n for n, spec in FACTS.items() if not (spec.observed or spec.floor_only)}
    assert set(listed) == declarable


@pytest.mark.parametrize("block", PYTHON)
def test_examples_compile_and_import_what_there_is(block: str) -> None:
    compile(block, "enforcement.md", "exec")
    imports = [line for line in block.splitlines() if line.startswith(("import ", "from "))]
    assert imports
    if "litellm_hook" in block:
        # it needs LiteLLM, which has an environment of its own; a proxy there loads this very file
        assert (ROOT / "examples/litellm_proxy/governed.py").read_text("utf-8").endswith(block)
    else:
        exec("\n".join(imports), {})  # noqa: S102 - our own page
