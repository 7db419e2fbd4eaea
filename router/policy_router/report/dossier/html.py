"""An audit report as one HTML file that needs nothing else: no script, no network, no cookies."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import Environment
from markupsafe import Markup

from policy_router.audit.dossier.content import Dossier
from policy_router.domain.release import VERSION
from policy_router.report import phrases
from policy_router.report.dossier import charts, registers
from policy_router.report.dossier import wording as w
from policy_router.report.dossier.looked import BLANK, FEW, Looked, Table, origin
from policy_router.report.plain_words import value_words
from policy_router.report.templating import environment

_PACKAGE: Final = "policy_router.report.dossier"


def html(dossier: Dossier, tables: Iterable[Table]) -> bytes:
    """The report as HTML; `tables`: those of the same report.

    Every text of a document is escaped; a style sheet is all it may load.
    """
    style = files(_PACKAGE).joinpath("templates", "report.css").read_text("utf-8")
    looked = Looked(dossier)
    page = (
        _environment()
        .get_template("report.html")
        .render(
            d=dossier,
            looked=looked,
            tables={table.name: table for table in tables},
            summary=w.summary(dossier),
            notes=tuple(w.scope_note(dossier)),
            standings=charts.standings(dossier),
            ends=charts.calendar(dossier),
            few=len(dossier.classes) <= FEW,
            blank=BLANK,
            style=Markup(style),  # noqa: S704 - our own file
            policy=_content_policy(style),
            version=VERSION,
        )
    )
    return page.encode()


def _environment() -> Environment:
    found = environment(_PACKAGE)
    found.globals.update(
        w=w,
        phrases=phrases,
        origin=origin,
        caused=registers.caused,
        on_file=registers.on_file,
        thousands="{:,}".format,
        value_words=value_words,
        signatures=registers.SIGNATURES,
    )
    return found


def _content_policy(style: str) -> str:
    """A content security policy that allows the style sheet and nothing else."""
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
