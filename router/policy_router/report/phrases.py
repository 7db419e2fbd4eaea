"""Plain words for what the language writes as names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, assert_never

from policy_router.domain.claim import Basis, Evidence, Gap, SourceKind
from policy_router.domain.decision import Outcome, Reason, Verdict
from policy_router.domain.request import RequestFacts
from policy_router.engine.words import counted as counted  # noqa: PLC0414 - a phrase as the others
from policy_router.report.plain_words import ATTRIBUTE_TITLES, value_words

_GLOSSES: Final = {
    ("dpa", "available"): "on offer, not in force",
    ("zero_data_retention", "available"): "on offer, not granted",
    ("third_party_access", "none_disclosed"): "silence, not absence",
}

_EXCLUDING: Final = "excluding "

_SOURCES: Final = {
    SourceKind.SIGNED_CONTRACT: "signed contract",
    SourceKind.ATTESTATION: "auditor's attestation",
    SourceKind.PROVIDER_DOCS: "its own pages",
    SourceKind.GATEWAY_CATALOGUE: "gateway's catalogue",
    SourceKind.VENDOR_ANSWER: "vendor's answer",
    SourceKind.THIRD_PARTY: "third party",
    SourceKind.INFERRED: "inferred",
}


def subject(name: str) -> str:
    """An attribute's title with its name in the language; only the name if that says it all."""
    title = ATTRIBUTE_TITLES.get(name)
    return f"`{name}`" if title is None else f"{title} (`{name}`)"


def title_of(name: str) -> str:
    """An attribute's title, else its name."""
    return ATTRIBUTE_TITLES.get(name, f"`{name}`")


def value(attribute: str, claimed: str) -> str:
    """A claimed value, with what it does not mean where it is easily misread."""
    gloss = _GLOSSES.get((attribute, claimed))
    said = value_words(attribute, claimed)
    return f"{said} ({gloss})" if gloss else said


def demand(attribute: str, demanded: str) -> str:
    """A demand in plain words, with `or` where it names several values that would do."""
    excluded = [part.split(_EXCLUDING) for part in demanded.split(" and ")]
    if all(before == "" and len(names) == 1 for before, *names in excluded):
        listed = ", ".join(names for _, names in excluded)
        return value_words(attribute, f"none of {', '.join(dict.fromkeys(listed.split(', ')))}")
    listed = demanded.removeprefix("one of ")
    either = demanded if listed == demanded else " or ".join(listed.split(", "))
    return value_words(attribute, either)


def gap(why: Gap) -> str:
    """Why something counts as unknown."""
    match why:
        case Gap.ABSENT:
            return "nothing is recorded"
        case Gap.STATED_UNKNOWN:
            return "its source does not say"
        case Gap.CONFLICT:
            return "sources contradict each other"
        case Gap.TOO_OLD:
            return "what is recorded was read too long ago"
        case Gap.WEAK_SOURCE:
            return "what is recorded comes from too weak a source"
        case Gap.NOT_VERIFIED:
            return "nobody verified what is recorded"
        case Gap.NO_AGREEMENT:
            return "it rests on a contract of yours that is not recorded as in force"
        case Gap.AGREEMENT_TOO_WIDE:
            return "the agreement does not name this model, and its own page says less"
        case _:
            assert_never(why)


def source_kind(kind: SourceKind) -> str:
    """What kind of source something was read in."""
    return _SOURCES[kind]


def checked(found: Evidence) -> str:
    """When a source was read, or verified and by whom."""
    if found.verified_on is None:
        return f"read {found.read_on}"
    return f"verified {found.verified_on} by {found.verified_by}"


def evidence(found: Evidence) -> str:
    """What a claim rests on: source, when it was read, and whether anybody verified it."""
    return f"{_source_and_terms(found)}, {_read_and_verified(found)}"


def evidence_as_of(found: Evidence) -> str:
    """The same with the date that the source itself prints, where it prints one."""
    dated = "" if found.page_date is None else f" as of {found.page_date}"
    return f"{_source_and_terms(found)}{dated}, {_read_and_verified(found)}"


def _source_and_terms(found: Evidence) -> str:
    terms = ", the gateway's contract" if found.basis is Basis.AGGREGATOR_CONTRACT else ""
    return f"{_SOURCES[found.kind]}{terms}"


def _read_and_verified(found: Evidence) -> str:
    read = f"read {found.read_on}"
    if found.verified_on is None:
        return f"{read}, verified by nobody"
    return f"{read}, verified {found.verified_on} by {found.verified_by}"


_HEADLINES: Final = {
    Reason.NO_POLICY: "no policy in force covers it, and what no policy covers is not sent",
    Reason.UNKNOWN_MODEL: "nothing by this name is known",
    Reason.RETIRED: "it is retired",
    Reason.NOT_REACHABLE: "it is only offered through gateways that the project does not list",
    Reason.UNSUITABLE: "no route is known to do exactly what the call asks",
    Reason.FACTS_MISSING: "not enough is known about the request",
    Reason.OBLIGATION: "a policy does not allow the call as it is",
    Reason.NO_COMPLIANT_ROUTE: "no route meets every rule",
    Reason.OBLIGATION_CONFLICT: "two policies want the call changed in contradictory ways",
}


def headline(reason: Reason) -> str:
    """Why a request is refused, in one clause."""
    return _HEADLINES[reason]


def outcome(found: str) -> str:
    """An outcome as reports for people call it."""
    return "refused" if found == Outcome.DENIED else found


def verdict(found: Verdict) -> str:
    """A verdict as a reader of tables knows it."""
    match found:
        case Verdict.NOT_APPLICABLE:
            return "does not apply"
        case Verdict.PASS:
            return "met"
        case Verdict.FAIL:
            return "not met"
        case Verdict.UNKNOWN:
            return "not known"
        case Verdict.EXCEPTED:
            return "waived"
        case _:
            assert_never(found)


def asked(facts: RequestFacts) -> str:
    """The facts of a request that are stated, as one line; marked where they are not certain."""
    base = facts if facts.base is None else facts.base
    said = {
        name: ", ".join(_marked(m, m in base.set_fact(name).members) for m in sorted(s.members))
        for name, s in facts.sets.items()
        if s.members
    }
    said |= {
        name: _marked(scalar(v), base.scalar(name) == v)
        for name, v in facts.scalars.items()
        if v is not False
    }
    ordered = sorted(said, key=lambda name: (_ORDER.get(name, len(_ORDER)), name))
    return "; ".join(f"{name.replace('_', ' ')} {said[name]}" for name in ordered)


def obligation(name: str) -> str:
    """An obligation in the way, as `policy/obligation`, or a parameter that some set differently.

    As cells of an audit name them.
    """
    return f"obligation `{name}`" if "/" in name else f"obligations that set `{name}` differently"


def used_unasked(tools: frozenset[str]) -> str:
    """The tools that only the model of a request brings in, as a part of that line."""
    return f"the model uses {', '.join(sorted(tools))}, asked for or not" if tools else ""


def _marked(value: str, certain: object) -> str:
    return value if certain else f"{value} (only declared)"


_ORDER: Final = {
    name: place
    for place, name in enumerate(
        ("data", "subjects", "subject_location", "regime", "purpose", "lawful_basis")
    )
}


def scalar(fact: str | bool | Decimal) -> str:
    """The value of a fact that has one, in words."""
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return format(fact, "f") if isinstance(fact, Decimal) else fact


def instant(moment: datetime) -> str:
    """An instant to the minute, in UTC, to the second where it has one."""
    utc = moment.astimezone(UTC)
    return utc.strftime("%Y-%m-%d %H:%M UTC" if utc.second == 0 else "%Y-%m-%d %H:%M:%S UTC")


def names(items: Iterable[str], none: str = "none", last: str = "") -> str:
    """Names in backticks, joined by commas, before the last one by `last`."""
    quoted = [f"`{item}`" for item in items]
    if last and len(quoted) > 1:
        return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
    return ", ".join(quoted) or none


def nothing_found(*, complete: bool) -> str:
    """That a search for steps found none; `complete`: it did not stop at its bound."""
    return "nothing found" if complete else "nothing found, but not searched to the end"


def short_digest(digest: str) -> str:
    """The first twelve digits of a digest; the whole of it is in the JSON output."""
    algorithm, _, digits = digest.partition(":")
    return f"{algorithm}:{digits[:12]}"
