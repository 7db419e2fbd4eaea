"""The page about enforcement says what the code does."""

from __future__ import annotations

import re

import pytest

from policy_router.domain.vocabulary import FACTS
from policy_router.wire.refusal import RefusalCode, Refused
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "enforcement.md").read_text("utf-8")
CODES = re.findall(r"^\| `(\w+)` \| (\d{3}) \|", PAGE, re.MULTILINE)
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_every_code_is_listed_with_its_status() -> None:
    assert dict(CODES) == {code.value: str(Refused(code, "x").status) for code in RefusalCode}


def test_every_fact_a_call_may_declare_is_listed() -> None:
    listed = re.findall(r"^\| `X-Governance-[\w-]+` \| `governance_(\w+)` \|", PAGE, re.MULTILINE)
    declarable = {n for n, spec in FACTS.items() if not (spec.observed or spec.floor_only)}
    assert set(listed) == declarable


@pytest.mark.parametrize("block", PYTHON)
def test_examples_compile_and_import_what_there_is(block: str) -> None:
    compile(block, "enforcement.md", "exec")
    imports = [line for line in block.splitlines() if line.startswith(("import ", "from "))]
    assert imports
    exec("\n".join(imports), {})  # noqa: S102 - our own page
