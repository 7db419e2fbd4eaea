"""Every diagnostic code there is: what it means and how to put the problem right.

A family is a module with one tuple of codes, listed in `FAMILIES`. A code in use is never given
another meaning; one that is no longer used is deleted and its number stays free.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from policy_router.domain.codes.code import Code
from policy_router.domain.codes.policies import POL
from policy_router.domain.codes.project import PRJ
from policy_router.domain.codes.reading import DOC
from policy_router.domain.codes.registry import REG
from policy_router.domain.codes.schema import SCH

FAMILIES: Mapping[str, tuple[Code, ...]] = MappingProxyType(
    {"DOC": DOC, "SCH": SCH, "POL": POL, "REG": REG, "PRJ": PRJ}
)

CODES: Mapping[str, Code] = MappingProxyType(
    {code.id: code for family in FAMILIES.values() for code in family}
)

__all__ = ["CODES", "FAMILIES", "Code"]
