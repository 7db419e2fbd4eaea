"""The register of diagnostic codes and the code that uses it agree."""

from __future__ import annotations

import re
from pathlib import Path

import policy_router
from policy_router.domain.codes import CODES, FAMILIES

PACKAGE = Path(policy_router.__file__).parent
REGISTER = PACKAGE / "domain" / "codes"
LITERAL = re.compile(r'"([A-Z]{3}\d{3})"')


def used() -> set[str]:
    """Codes that the package mentions outside their register."""
    modules = [path for path in PACKAGE.rglob("*.py") if REGISTER not in path.parents]
    return {code for path in modules for code in LITERAL.findall(path.read_text("utf-8"))}


def test_every_id_is_unique_and_names_its_family() -> None:
    registered = [(name, code.id) for name, family in FAMILIES.items() for code in family]
    assert len(CODES) == len(registered)
    assert [code for name, code in registered if not re.fullmatch(rf"{name}\d{{3}}", code)] == []


def test_codes_stand_in_order() -> None:
    assert list(CODES) == [code.id for family in FAMILIES.values() for code in family]
    for family in FAMILIES.values():
        assert [code.id for code in family] == sorted(code.id for code in family)


def test_every_code_says_what_why_and_what_to_do() -> None:
    for code in CODES.values():
        assert not code.title.endswith(".")
        assert code.explanation.endswith(".")
        assert code.fix.endswith(".")


def test_every_code_in_use_is_registered() -> None:
    assert used() - CODES.keys() == set()


def test_every_code_about_reading_is_in_use() -> None:
    assert {code.id for code in FAMILIES["DOC"]} - used() == set()
