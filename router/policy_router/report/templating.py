"""Templates of pages: whatever is put in is text, and safe to show."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from policy_router.report.visible import escaped


def environment(package: str) -> Environment:
    """The templates of a package, in which what is put in is made visible first, escaped then."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: Any) -> Any:  # noqa: ANN401 - whatever a template says
    if isinstance(value, Markup):
        return value
    return escaped(value) if isinstance(value, str) else value
