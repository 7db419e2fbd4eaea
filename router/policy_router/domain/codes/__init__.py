"""Every diagnostic code there is: what it means and how to put the problem right.

A family is a module with one tuple of codes, listed in `FAMILIES`. A code in use is never given
another meaning; one that is no longer used is deleted and its number stays free.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from policy_router.domain.codes.alerts import ALR
from policy_router.domain.codes.code import Code
from policy_router.domain.codes.effects import LNT
from policy_router.domain.codes.imports import IMP
from policy_router.domain.codes.log import LOG
from policy_router.domain.codes.policies import POL
from policy_router.domain.codes.project import PRJ
from policy_router.domain.codes.reading import DOC
from policy_router.domain.codes.registry import REG
from policy_router.domain.codes.replay import RPL
from policy_router.domain.codes.schema import SCH

FAMILIES: Mapping[str, tuple[Code, ...]] = MappingProxyType(
    {
        "DOC": DOC,
        "SCH": SCH,
        "POL": POL,
        "REG": REG,
        "PRJ": PRJ,
        "LNT": LNT,
        "ALR": ALR,
        "IMP": IMP,
        "LOG": LOG,
        "RPL": RPL,
    }
)

FAMILY_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "DOC": "a file cannot be read as YAML, or would be read differently by different readers",
        "SCH": "a document was read, but its keys or values are not those of its kind",
        "POL": "a policy, exception or alias demands what cannot be meant or does not exist",
        "REG": "facts about routes, law and contracts contradict each other or lead nowhere",
        "PRJ": "documents do not add up to a project",
        "LNT": "documents are sound, and something in them has no effect (`check --lint`)",
        "ALR": "permissions were lost since a saved audit, or soon will be (`audit --fail-on`)",
        "IMP": "what another catalogue says cannot be taken over as it stands",
        "LOG": "what was decided cannot be decided again",
        "RPL": "calls of a table cannot be decided (`replay --against`)",
    }
)

CODES: Mapping[str, Code] = MappingProxyType(
    {code.id: code for family in FAMILIES.values() for code in family}
)

__all__ = ["CODES", "FAMILIES", "FAMILY_TITLES", "Code"]
