"""What lint found, as diagnostics: a code, a place, and a request that shows it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from policy_router.audit.lint.findings import Finding, Flaw
from policy_router.domain.diagnostic import Diagnostic, Severity
from policy_router.domain.request import FactValue, RequestFacts
from policy_router.domain.vocabulary import LABEL_PREFIX

_CODES: Final = {
    Flaw.NEVER_APPLIES: "LNT501",
    Flaw.NO_ROUTE_PASSES: "LNT502",
    Flaw.EXCEPTION_IDLE: "LNT503",
    Flaw.SIGNOFF_IDLE: "LNT504",
    Flaw.SCENARIO_SHUT: "LNT505",
    Flaw.TOO_MANY: "LNT506",
}
_MESSAGES: Final = {
    Flaw.NEVER_APPLIES: "rule `{}` can never apply",
    Flaw.NO_ROUTE_PASSES: "no route passes rule `{}`",
    Flaw.EXCEPTION_IDLE: "nothing matches exception `{}`",
    Flaw.SIGNOFF_IDLE: "nothing matches sign-off `{}`",
    Flaw.SCENARIO_SHUT: "no route may carry scenario `{}`",
    Flaw.TOO_MANY: "not known whether `{}` has an effect",
}
_HELP: Final = {
    Flaw.NEVER_APPLIES: "correct the condition, or delete the rule",
    Flaw.NO_ROUTE_PASSES: "if that is not meant, `policy-router gaps` lists what would change it",
    Flaw.EXCEPTION_IDLE: "correct what it names, or end it",
    Flaw.SIGNOFF_IDLE: "correct what it covers, or put the policy in force that asks for it",
    Flaw.SCENARIO_SHUT: "`policy-router gaps --scenario {}` lists what is missing",
    Flaw.TOO_MANY: "nothing has to be done",
}
_TOKENS: Final = "tokens."


def lint_diagnostics(findings: Iterable[Finding]) -> tuple[Diagnostic, ...]:
    """A diagnostic for each finding: a warning, a note where nothing could be found out."""
    return tuple(map(_diagnostic, findings))


def _diagnostic(found: Finding) -> Diagnostic:
    unknown = found.flaw is Flaw.TOO_MANY
    return Diagnostic(
        _CODES[found.flaw],
        Severity.NOTE if unknown else Severity.WARNING,
        f"{_MESSAGES[found.flaw].format(found.about)}: {found.why}",
        found.span,
        _HELP[found.flaw].format(found.about),
        witness=None if found.witness is None else request_json(found.witness),
    )


def request_json(facts: RequestFacts) -> str:
    """A request as one line of JSON that `--request` takes; what is not stated is left out."""
    data: dict[str, Any] = {} if facts.model is None else {"model": facts.model}
    data |= {name: sorted(s.members) for name, s in facts.sets.items() if s.members}
    for name, value in facts.scalars.items():
        if name.startswith(LABEL_PREFIX):
            data.setdefault("labels", {})[name.removeprefix(LABEL_PREFIX)] = value
        elif name.startswith(_TOKENS):
            data.setdefault("tokens", {})[name.removeprefix(_TOKENS)] = _plain(value)
        elif value is not False:
            data[name] = value
    return json.dumps(data, sort_keys=True, ensure_ascii=False)


def _plain(value: FactValue) -> int | str | bool:
    return int(value) if isinstance(value, Decimal) else value
