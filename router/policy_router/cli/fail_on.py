"""The options of `audit` for a build: what to compare with, and when to fail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from policy_router.audit.alerts import Comparison, Condition, Watched
from policy_router.audit.baseline import MOST_BYTES, Baseline, BaselineRefused, baseline_of
from policy_router.audit.matrix import matrix
from policy_router.cli.scope import Scope
from policy_router.domain.diagnostic import Diagnostic, DocumentErrors, Severity, Span
from policy_router.report.alerts import Alarm
from policy_router.report.phrases import names
from policy_router.report.visible import escaped

_OPTION: Final = "--fail-on"
_BASELINE: Final = "--baseline"
_AMOUNT: Final = re.compile(r"(lost-routes|newly-unknown)>([0-9]{1,6})", re.ASCII)
_DAYS: Final = re.compile(r"(expiring)<([1-9][0-9]{0,3})d", re.ASCII)
_SAYABLE: Final = "say `lost-routes>0`, `newly-unknown>0`, `expiring<14d`, or several with commas"


def conditions(text: str) -> tuple[Condition, ...]:
    """What `--fail-on` says; raises `DocumentErrors` about every part that cannot be read."""
    found: dict[Watched, Condition] = {}
    problems: list[Diagnostic] = []
    for part in text.split(","):
        said = part.strip()
        matched = _AMOUNT.fullmatch(said) or _DAYS.fullmatch(said)
        if matched is None:
            problems.append(_problem("ALR601", _OPTION, f"`{said}` is no condition", _SAYABLE))
            continue
        condition = Condition(Watched(matched[1]), int(matched[2]))
        if condition.watched in found:
            message = f"`{condition.watched.value}` stands twice"
            problems.append(_problem("ALR601", _OPTION, message, "say it once"))
        found[condition.watched] = condition
    if problems:
        raise DocumentErrors(tuple(problems))
    return tuple(found.values())


def alarm(scope: Scope, wanted: Sequence[Condition], saved: Path | None) -> Alarm:
    """What came of the conditions; raises `DocumentErrors` if there is no whole baseline."""
    baseline = None if saved is None else _baseline(scope, saved)
    comparing = [c for c in wanted if c.watched is not Watched.EXPIRING]
    if comparing and baseline is None:
        message = f"{names(map(str, comparing))} compares with a saved audit, and none is named"
        advice = "save one with `audit --format json`, and name it with `--baseline`"
        raise DocumentErrors((_problem("ALR602", _OPTION, message, advice),))
    now = matrix(scope.pdp.snapshot, scope.scenarios, scope.routes, scope.moment)
    compared = Comparison(now, baseline)
    return Alarm(now, baseline, tuple(compared.outcome(condition) for condition in wanted))


def _baseline(scope: Scope, saved: Path) -> Baseline:
    try:
        if saved.stat().st_size > MOST_BYTES:
            _refuse(saved, f"it is larger than {MOST_BYTES:,} bytes")
        found = baseline_of(saved.read_text("utf-8"))
    except (BaselineRefused, UnicodeDecodeError) as error:
        said = str(error) if isinstance(error, BaselineRefused) else "it is not UTF-8"
        _refuse(saved, said)
    gone = {scenario for scenario, _ in found.standings} - set(scope.pdp.loaded.scenarios)
    if gone:
        said = names(map(escaped, sorted(gone)))
        _refuse(saved, f"it speaks of scenarios that are no longer there: {said}")
    lacking = {scenario.id for scenario in scope.scenarios} - found.scenarios
    if lacking:
        said = names(map(escaped, sorted(lacking)))
        why = f"it says nothing of scenarios that are looked at now: {said}"
        _refuse(saved, why, "or choose the scenarios it speaks of with `--scenario`")
    if found.at > scope.moment.at:
        _refuse(saved, "it was saved later than the instant it is compared with")
    return found


def _refuse(saved: Path, why: str, other: str = "") -> NoReturn:
    again = "save a new one with `audit --format json`, without `--standing`"
    advice = f"{again}, {other}" if other else again
    message = f"`{saved}` is nothing to compare with: {why}"
    raise DocumentErrors((_problem("ALR603", _BASELINE, message, advice),))


def _problem(code: str, option: str, message: str, advice: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, Span(option, 0, 0), advice)
