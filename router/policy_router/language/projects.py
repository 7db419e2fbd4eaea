"""Projects: what is in force, and how to choose among what is permitted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from typing import Final

from policy_router.domain.detection import Detection
from policy_router.domain.organisation import Approver, Enforcement, PackRef, Serving
from policy_router.domain.policy import Preference, Substitution
from policy_router.domain.price import Rate
from policy_router.domain.vocabulary import ATTRIBUTES, AttributeKind, attribute
from policy_router.language.draft import Draft, overlap
from policy_router.language.grammar.projects import ProjectBody
from policy_router.language.policies import reader
from policy_router.language.subjects import Side
from policy_router.language.suggest import did_you_mean
from policy_router.language.text import quoted

LONGEST_OBSERVED: Final = timedelta(days=90)
"""How long calls may pass whatever is decided: to begin with, and not for good."""

_MIB: Final = 2**20
_RANKED = (AttributeKind.NUMBER, AttributeKind.MONEY)


def packs_of(draft: Draft[ProjectBody]) -> tuple[PackRef, ...]:
    """The packs that the project puts in force."""
    return tuple(
        PackRef(pack.id, pack.version, draft.parsed.at("packs", number, "id"))
        for number, pack in enumerate(draft.body.packs)
    )


def approvable(body: ProjectBody) -> tuple[str, ...]:
    """Patterns of the rules that somebody may approve exceptions to, as `policy/rule`."""
    return tuple(dict.fromkeys(p for each in body.approvers for p in each.may_approve))


def approvers_of(body: ProjectBody) -> tuple[Approver, ...]:
    """Who may approve exceptions to which rules."""
    return tuple(Approver(each.role, each.may_approve) for each in body.approvers)


def gateways_of(draft: Draft[ProjectBody]) -> frozenset[str]:
    """The gateways the organisation has."""
    for number, name in enumerate(draft.body.gateways):
        if not draft.catalogue.has(name, "gateway"):
            advice = draft.hint(name, "gateway")
            message = f"unknown gateway {quoted(name)}"
            draft.report("PRJ405", message, "gateways", number, advice=advice)
    return frozenset(draft.body.gateways)


def check_scenarios(draft: Draft[ProjectBody]) -> None:
    """Check that every scenario the project lists exists."""
    for number, name in enumerate(draft.body.scenarios or ()):
        if not draft.catalogue.has(name, "scenario"):
            advice = draft.hint(name, "scenario")
            message = f"unknown scenario {quoted(name)}"
            draft.report("PRJ406", message, "scenarios", number, advice=advice)


def check_project(draft: Draft[ProjectBody]) -> None:
    """Check all that a project says, beside the packs."""
    gateways_of(draft)
    check_scenarios(draft)
    preferences_of(draft)
    substitutions_of(draft)
    rates_of(draft)
    enforcement_of(draft)


def enforcement_of(draft: Draft[ProjectBody]) -> Enforcement:
    """How decisions bind."""
    body = draft.body.enforcement
    if body is None:
        return Enforcement()
    today = datetime.combine(draft.today, time(), UTC)
    if body.end is not None and body.end > today + LONGEST_OBSERVED + timedelta(days=1):
        message = f"calls would only be observed for more than {LONGEST_OBSERVED.days} days"
        advice = f"`until: {draft.today + LONGEST_OBSERVED}` at the latest"
        draft.report("PRJ416", message, "enforcement", "until", advice=advice)
    elif body.end is not None and body.end <= today:
        message = "observing has ended: decisions bind"
        draft.warn("PRJ417", message, "enforcement", "until", advice="delete `mode` and `until`")
    elif body.end is not None:
        message = f"nothing is enforced until {body.end:%Y-%m-%d %H:%M} UTC: every call passes"
        draft.warn("PRJ418", message, "enforcement", "mode", advice="see what would be refused")
    asked_about = tuple(sorted(body.forward_auth))
    _check_asked_about(draft, asked_about)
    found = Enforcement(
        observe_until=body.end,
        withhold=body.contradicted == "withhold",
        forward_auth=asked_about,
        opper_tags=frozenset(body.opper_tags),
    )
    hours = body.last_good_hours
    return found if hours is None else replace(found, last_good_hours=hours)


def _check_asked_about(draft: Draft[ProjectBody], gateways: tuple[str, ...]) -> None:
    """Check that the gateways a proxy may ask about are the project's."""
    for name in gateways:
        if name not in draft.body.gateways:
            message = f"{quoted(name)} is none of the project's gateways"
            advice = draft.suggest(name, draft.body.gateways) or "list it under `gateways`"
            draft.report_key("PRJ419", message, "enforcement", "forward_auth", name, advice=advice)


def detection_of(body: ProjectBody) -> Detection:
    """Which detectors read the texts of calls."""
    named = body.detectors
    if named is None:
        return Detection()
    addresses = (
        None if named.built_in is None else frozenset(map(str.lower, named.built_in.not_personal))
    )
    pipelines = {} if named.presidio is None else named.presidio.pipelines
    found = Detection(addresses, tuple(sorted(pipelines.items())))
    return found if named.characters is None else replace(found, most_read=named.characters)


def serving_of(body: ProjectBody) -> Serving:
    """What the sidecar bears."""
    said = body.serve
    if said is None:
        return Serving()
    size = None if said.body_mib is None else said.body_mib * _MIB
    text = None if said.text_mib is None else said.text_mib * _MIB
    return Serving(size, text, said.silent_seconds, said.calls)


def preferences_of(draft: Draft[ProjectBody]) -> tuple[Preference, ...]:
    """How to order what is permitted."""
    conditions = reader(draft, Side.REQUEST)
    found = []
    for number, body in enumerate(draft.body.prefer):
        for place, name in enumerate(body.by):
            _check_rank(draft, name, "prefer", number, "by", place)
        when = conditions.condition(body.when, ("prefer", number, "when"))
        found.append(Preference(when, body.by))
    return tuple(found)


def _check_rank(draft: Draft[ProjectBody], name: str, *path: str | int) -> None:
    spec = attribute(name)
    if spec is None:
        advice = did_you_mean(name, [a.name for a in ATTRIBUTES.values() if a.kind in _RANKED])
        draft.report("POL202", f"unknown attribute {quoted(name)}", *path, advice=advice)
    elif spec.kind not in _RANKED:
        message = f"routes cannot be ordered by `{name}`"
        draft.report("PRJ407", message, *path, advice="order by a number, such as `cost`")


def substitutions_of(draft: Draft[ProjectBody]) -> tuple[Substitution, ...]:
    """Which alias may stand in for which model."""
    conditions = reader(draft, Side.REQUEST)
    found = []
    for number, body in enumerate(draft.body.substitution):
        for kind, name in (("model", body.model), ("alias", body.alias)):
            if not draft.catalogue.has(name, kind):
                advice = draft.hint(name, kind)
                message = f"no {kind} is called {quoted(name)}"
                draft.report("PRJ408", message, "substitution", number, kind, advice=advice)
        when = conditions.condition(body.when, ("substitution", number, "when"))
        found.append(Substitution(body.model, body.alias, when))
    return tuple(found)


def rates_of(draft: Draft[ProjectBody]) -> tuple[Rate, ...]:
    """Exchange rates; at most one of a currency at any instant."""
    rates = [
        Rate(body.currency, body.usd, draft.validity(body.start, body.end, "rates", number))
        for number, body in enumerate(draft.body.rates)
    ]
    for (_, first), (number, second) in combinations(enumerate(rates), 2):
        if first.currency == second.currency and overlap(first.validity, second.validity):
            message = f"two rates of {first.currency} hold at the same time"
            draft.report("PRJ411", message, "rates", number)
    return tuple(rates)
