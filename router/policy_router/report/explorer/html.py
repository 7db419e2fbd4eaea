"""The pages of the explorer as HTML: every text of a document or a record is escaped."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment

from policy_router.domain.release import VERSION
from policy_router.report import phrases
from policy_router.report.dossier import wording
from policy_router.report.dossier.looked import origin
from policy_router.report.explorer import words
from policy_router.report.plain_words import value_words
from policy_router.report.recorded_reasons import why
from policy_router.report.statement import LIMITS
from policy_router.report.templating import environment

_PACKAGE: Final = "policy_router.report.explorer"
_REPORT: Final = "policy_router.report.dossier"
_FILES: Final = {
    "report.css": (_REPORT, "templates/report.css", "text/css; charset=utf-8"),
    "explorer.css": (_PACKAGE, "static/explorer.css", "text/css; charset=utf-8"),
    "icon.svg": (_PACKAGE, "static/icon.svg", "image/svg+xml"),
    "htmx.min.js": (_PACKAGE, "static/htmx.min.js", "text/javascript; charset=utf-8"),
}
_NOTHING: Final[dict[str, Any]] = {
    "choice": None, "here": "", "logged": False, "notice": "", "project": None
}  # fmt: skip
"""What pages show that stand alone."""
_WEB: Final = ("http", "https")


def page(template: str, **content: Any) -> bytes:  # noqa: ANN401 - whatever the template shows
    """A page."""
    return _environment().get_template(template).render(_NOTHING | content).encode()


def static_file(name: str) -> tuple[bytes, str] | None:
    """A file that pages load, and of what type it is; None for any other name."""
    if name not in _FILES:
        return None
    package, path, kind = _FILES[name]
    return files(package).joinpath(*path.split("/")).read_bytes(), kind


def web_address(reference: str | None) -> str | None:
    """A reference that a browser may be sent to; None for one that is no address of the web."""
    if reference is None or not reference.isascii() or not reference.isprintable():
        return None
    try:
        parts = urlsplit(reference)
    except ValueError:
        return None
    is_web = parts.scheme in _WEB and parts.hostname and parts.username is None
    return reference if is_web and not set(reference) & set(" <>\"'`\\") else None


@cache
def _environment() -> Environment:
    found = environment(_PACKAGE)
    found.globals.update(
        w=wording,
        words=words,
        phrases=phrases,
        origin=origin,
        why=why,
        web_address=web_address,
        thousands="{:,}".format,
        value_words=value_words,
        limits=LIMITS,
        version=VERSION,
    )
    return found
