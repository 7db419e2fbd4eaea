"""`policy-router check --lint`: what sound documents say to no effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from policy_router.audit.lint.whole import findings
from policy_router.audit.severity import mildest_first
from policy_router.cli.documents import Chosen
from policy_router.domain.claim import Moment
from policy_router.domain.diagnostic import Diagnostic
from policy_router.report.lint import lint_diagnostics
from policy_router.service.pdp import utc_now
from policy_router.store.project import load_project
from policy_router.store.shipped import shipped_root


def linted(
    chosen: Chosen, paths: tuple[Path, ...], moment: Moment, *, shipped: bool
) -> tuple[tuple[Diagnostic, ...], Mapping[str, str]]:
    """What is found in sound documents, on the routes within reach, and the texts it is about.

    Of what came with the program only if `shipped`, or where there is no project to look at.
    """
    loaded = load_project(
        chosen.config,
        packs=chosen.policies,
        all_routes=chosen.all_routes,
        extra=paths,
        today=utc_now().date(),
    )
    found = findings(loaded.snapshot, mildest_first(loaded.scenarios.values()), moment)
    own, every = frozenset(loaded.files), shipped or loaded.project is None
    diagnostics = tuple(d for d in lint_diagnostics(found) if every or d.span.file in own)
    return diagnostics, _texts({d.span.file for d in diagnostics}, own)


def _texts(names: Iterable[str], own: frozenset[str]) -> dict[str, str]:
    """The text of files, by the name that messages call them; the shipped ones lie elsewhere."""
    found: dict[str, str] = {}
    for name in names:
        with suppress(OSError, UnicodeDecodeError):
            found[name] = (Path(name) if name in own else shipped_root() / name).read_text("utf-8")
    return found
