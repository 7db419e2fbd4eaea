"""The page about enforcement lists every refusal with its status, and every fact of a header."""

from __future__ import annotations

import re

from policy_router.domain.vocabulary import FACTS
from policy_router.wire.refusal import RefusalCode, Refused
from tests.docs.words import section
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "enforcement.md"
CODE = re.compile(r"^\| `(\w+)` \| (\d{3}) \|", re.MULTILINE)
HEADER = re.compile(r"^\| `X-Governance-([\w-]+)` \| `governance_(\w+)` \|", re.MULTILINE)


def test_every_refusal_is_listed_with_its_status() -> None:
    listed = CODE.findall(section(PAGE, "What a refused developer sees"))
    assert len(listed) == len(dict(listed))
    assert {code: int(status) for code, status in listed} == {
        code.value: Refused(code, "").status for code in RefusalCode
    }


def test_every_fact_that_may_be_declared_is_listed() -> None:
    listed = HEADER.findall(section(PAGE, "What a caller may say about its call"))
    declarable = {n for n, spec in FACTS.items() if not spec.observed and not spec.floor_only}
    assert {key for _, key in listed} == declarable
    assert [header.lower().replace("-", "_") for header, _ in listed] == [k for _, k in listed]
