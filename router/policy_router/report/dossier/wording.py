"""What an audit report says in words: the summary, what it does not prove, names of things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from policy_router.audit import worded
from policy_router.audit.dossier.content import Counts, Dossier, RulePart, ScenarioPart
from policy_router.audit.dossier.differences import CauseKind
from policy_router.audit.dossier.verdicts import Answer, Found, Reasoning, RuleFound
from policy_router.audit.dossier.writings import Article, Entry, Hangs, LapsePart, Role, State
from policy_router.audit.gaps import Thing
from policy_router.audit.in_use import Why
from policy_router.audit.lapses import LapseKind
from policy_router.audit.matrix import Standing
from policy_router.domain.vocabulary import Regime
from policy_router.engine.explanation import ChangeKind
from policy_router.report import phrases
from policy_router.report.grounds import permitted_words
from policy_router.report.plain_words import step_words
from policy_router.report.unsized import unsized_words

STANDINGS: Final = {
    Standing.PERMITTED: "permitted",
    Standing.REFUSED: "refused",
    Standing.UNKNOWN: "not known",
}
ANSWERS: Final = {
    Answer.MET: "met",
    Answer.NOT_MET: "not met",
    Answer.NOT_KNOWN: "not known",
}
STATES: Final = {
    State.IN_FORCE: "in force",
    State.ENDED: "ended",
    State.NOT_YET: "not yet in force",
    State.NOT_KNOWN_THEN: "not known then",
}
ROLES: Final = {
    Role.GATEWAY: "gateway",
    Role.PROVIDER: "provider",
    Role.SUBPROCESSOR: "named sub-processor",
}
REGIMES: Final = {
    Regime.EU_GDPR: "EU GDPR",
    Regime.UK_GDPR: "UK GDPR",
    Regime.CH_FADP: "Swiss FADP",
}
CAUSES: Final = {
    CauseKind.ROUTE: "the route",
    CauseKind.SCENARIO: "the scenario",
    CauseKind.POLICY: "a policy",
    CauseKind.AGREEMENT: "a contract",
    CauseKind.SIGNOFF: "a sign-off",
    CauseKind.EXCEPTION: "an exception",
    CauseKind.FACT: "a fact",
    CauseKind.AGE: "the age of evidence",
    CauseKind.LAW: "a transfer basis",
    CauseKind.OTHER: "something else",
}
KINDS: Final = {
    ChangeKind.FACT: "fact of the request",
    ChangeKind.VERIFICATION: "verification",
    ChangeKind.EVIDENCE: "evidence",
    ChangeKind.ASSESSMENT: "assessment",
    ChangeKind.SIGNOFF: "sign-off",
    ChangeKind.AGREEMENT: "agreement",
    ChangeKind.EXCEPTION: "exception",
}
ARTICLES: Final = {
    Article.CONTROLLER: "Record of a controller (GDPR Art. 30(1))",
    Article.PROCESSOR: "Record of a processor (GDPR Art. 30(2))",
}
ENTRIES: Final = {
    Entry.CONTROLLER: "Name and contact details of the controller",
    Entry.JOINT: "Joint controllers, if any",
    Entry.REPRESENTATIVE: "Representative, if any",
    Entry.OFFICER: "Data protection officer",
    Entry.PURPOSES: "Purposes of the processing",
    Entry.SUBJECTS: "Categories of data subjects",
    Entry.DATA: "Categories of personal data",
    Entry.RECIPIENTS: "Recipients, also in third countries",
    Entry.TRANSFERS: "Places and the basis for each",
    Entry.ERASURE: "Time limits for erasure",
    Entry.SECURITY: "Security measures, as far as claims speak of them",
    Entry.PROCESSOR: "Name and contact details of the processor",
    Entry.CONTROLLERS: "Controllers on whose behalf it acts",
    Entry.CATEGORIES: "Categories of processing",
}
LIMITS: Final = tuple(
    " ".join(text.split())
    for text in """
    It does not prove that the facts are true: it repeats what documents and pages said on the day
    they were read, with that day beside each.
    |It does not prove that the data was described rightly: scenarios say what kinds of data are
    meant, and a call may carry others.
    |It does not prove that the processing is lawful: purpose, legal basis, necessity, the
    conditions of Art. 9 and the balance of interests are judged by people, and only the existence
    of their dated sign-offs is checked here.
    |It does not judge the content of contracts and of transfer impact assessments, only that they
    are on file, in force, and cover the route and the data.
    |It does not show what was sent: it says what the policies allow. The log of decisions says
    what happened, and only of calls that went through an enforcement point.
    |A refusal is no finding that a provider breaks the law: often something is merely not on file.
    What is not known counts as refused.
    |A parent company outside the EEA is exposure to foreign orders, not a transfer: the two are
    told apart, and hosting in the EU is not called sovereign.
    |Not legal advice.
    """.split("|")
)
"""What the report does not prove."""


def asked(scenario: ScenarioPart) -> str:
    """The facts that a scenario states, but for what it says is not so."""
    return "; ".join(
        f"{fact.name.replace('_', ' ')} {', '.join(fact.values)}"
        f"{' and perhaps more' if fact.open else ''}"
        for fact in scenario.facts
        if fact.values != ("no",)
    )


def standing(found: Found) -> str:
    """A standing in words; of a permission, whether an exception or a sign-off grants it."""
    if found.standing is Standing.PERMITTED:
        return permitted_words(found.exceptions, found.signoffs)
    return STANDINGS[found.standing]


def headline(found: Reasoning) -> str:
    """Why something is refused, in one clause; nothing where it is not."""
    return phrases.headline(found.reason) if found.reason else ""


def date_of(instant: datetime | None) -> str:
    """The day of an instant; nothing where there is none."""
    return "" if instant is None else instant.date().isoformat()


def last_day(end: datetime | None) -> str:
    """The last day before an end that is excluded."""
    return "" if end is None else worded.last_day(end)


def day(found: date | None) -> str:
    """A day, or nothing."""
    return "" if found is None else found.isoformat()


def source(rule: RulePart) -> str:
    """What a rule rests on: the articles its author cites, or the organisation's own choice."""
    cited = "; ".join(rule.cites)
    if not cited:
        return "organisation's choice"
    return f"organisation's choice, beyond {cited}" if rule.own_choice else cited


def verdict(found: RuleFound) -> str:
    """A verdict in words, with the exception that waives the rule."""
    said = phrases.verdict(found.verdict)
    return f"{said} by exception {found.exception}" if found.exception else said


def hanging(found: Iterable[Hangs]) -> str:
    """The permissions that hang on something."""
    return ", ".join(f"{h.scenario} on {h.routes:,}" for h in found)


def weight(found: Iterable[Hangs]) -> int:
    """How many permissions hang on something."""
    return sum(h.routes for h in found)


def thing(found: Thing, titles: dict[str, str]) -> str:
    """Something that is missing, in a few words."""
    about = titles.get(found.about, found.about)
    match found.kind:
        case ChangeKind.AGREEMENT:
            return f"amendment of {found.amends}" if found.amends else f"contract with {about}"
        case ChangeKind.EVIDENCE:
            return f"evidence of {about}"
        case ChangeKind.VERIFICATION:
            return f"verification of {about}"
        case ChangeKind.ASSESSMENT:
            return f"assessment of transfers to {about}"
        case ChangeKind.SIGNOFF:
            return f"sign-off {about}"
        case ChangeKind.EXCEPTION:
            return f"exception to {about}"
        case ChangeKind.FACT:
            return f"the fact {about} of the request"


def needs(found: tuple[Thing, ...] | None, titles: dict[str, str]) -> str:
    """The shortest list of what would permit a route."""
    if found is None:
        return "no list was found"
    return "; ".join(thing(each, titles) for each in found)


def step(text: str) -> str:
    """A step in plain words, with a capital."""
    said = step_words(text).replace("`", "")
    return said[:1].upper() + said[1:]


def lapsing(found: LapsePart) -> str:
    """What stops counting: something ends, or what was read of it grows too old."""
    days = found.limit_days
    age = f" (older than {phrases.counted(days, 'day')})" if days is not None else ""
    what = "the reading of " if days is not None else ""
    if found.kind is not LapseKind.CLAIM:
        return f"{what}{found.kind.value} {found.about}{age}"
    titles = ", ".join(phrases.title_of(name) for name in found.attributes)
    return f"{what}claims about {titles}{age}: {found.about}"


# ---- the summary ---------------------------------------------------------------------------------


def summary(dossier: Dossier) -> tuple[str, str, str]:
    """Three sentences: what was checked, what came of it, on what it rests and for how long."""
    return (_checked(dossier), _came_of_it(dossier), _rests(dossier))


def _checked(d: Dossier) -> str:
    known = f", as known on {phrases.instant(d.known_at)}" if d.known_at else ""
    policies = ", ".join(f"{p.id} version {p.version}" for p in d.policies)
    which = "policy" if len(d.policies) == 1 else "policies"
    return (
        f"As of {phrases.instant(d.at)}{known}, {phrases.counted(d.routes, 'route')} to language "
        f"models{_of_all(d)} were checked against {phrases.counted(len(d.scenarios), 'scenario')} "
        f"under the {which} {policies}."
    )


def _of_all(d: Dossier) -> str:
    match d.scope:
        case Why.IN_USE:
            return f" ({d.routes:,} in use of {d.within_reach:,} {reach(d)})"
        case Why.ASKED_FIRST:
            return f" (offerings asked about first, of {d.within_reach:,} on file)"
        case Why.CHOSEN | Why.IN_REACH:
            return ""


_NONE_OPEN: Final = "none is refused only because something is not known"


def _came_of_it(d: Dossier) -> str:
    said = "; ".join(f"{_lowered(s.title)} on {_amount(s.counts, d.routes)}" for s in d.scenarios)
    open_ones = sum(s.counts.unknown for s in d.scenarios)
    of_all = phrases.counted(d.routes * len(d.scenarios), "combination")
    left = f"{open_ones:,} of {of_all} are refused only because something is not known"
    return f"Permitted are {said}; {left if open_ones else _NONE_OPEN}."


def _amount(counts: Counts, routes: int) -> str:
    if not counts.permitted:
        return "no route"
    if counts.permitted == routes:
        return f"all {routes:,}" if routes > 1 else "the one route"
    return f"{counts.permitted:,}"


def _rests(d: Dossier) -> str:
    on = d.rests_on
    parts = (
        phrases.counted(len(on.agreements), "agreement"),
        phrases.counted(len(on.signoffs), "sign-off"),
        phrases.counted(len(on.exceptions), "exception"),
    )
    return (
        f"The permissions rest on {parts[0]}, {parts[1]} and {parts[2]}; {_next_end(d)}; the facts "
        "behind them were read on the days stated and may be wrong, and this is not legal advice."
    )


def _next_end(d: Dossier) -> str:
    """The soonest end that any permission hangs on."""
    held = sorted((e for e in d.calendar if e.hangs and not e.past), key=lambda e: (e.at, e.about))
    if not held:
        span = phrases.counted(d.calendar_days, "day")
        return f"none of them hangs on anything that ends within {span}"
    first = held[0]
    number = phrases.counted(weight(first.hangs), "permission")
    verb = "hangs" if weight(first.hangs) == 1 else "hang"
    return f"the next to end is {lapsing(first)} on {last_day(first.at)}, on which {number} {verb}"


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]


_UNLIMITED: Final = "on file, through whatever gateway, whether the organisation has it or not"


def reach(d: Dossier) -> str:
    """What the routes are counted among."""
    if d.scope is Why.CHOSEN:
        return "that were chosen"
    return "within reach" if d.limited else "on file"


def unsized_note(d: Dossier) -> str:
    """What calls will come up against on routes that are permitted; nothing where all are sized."""
    permitted = [
        route
        for each in d.classes
        if any(r.standing is Standing.PERMITTED for r in each.reasonings)
        for route in each.routes
    ]
    unsized = sum(route.context_window is None for route in permitted)
    return unsized_words(len(permitted), unsized).replace("`", "")


def scope_note(d: Dossier) -> Iterator[str]:
    """Which routes the report is about, and what is not in it."""
    match d.scope:
        case Why.IN_USE:
            yield (
                f"The report is about the {phrases.counted(d.routes, 'route')} that the project "
                f"names or describes, of {d.within_reach:,} {reach(d)}. The "
                "others are counted beside them and not looked at one by one."
            )
        case Why.ASKED_FIRST:
            yield (
                "No project says which gateways there are, so none of these routes is anybody's: "
                "they are the offerings that organisations in Europe ask about first."
            )
        case Why.CHOSEN:
            yield f"The report is about the {phrases.counted(d.routes, 'route')} that were chosen."
        case Why.IN_REACH:
            yield (
                f"The report is about all {phrases.counted(d.routes, 'route')} "
                f"{'within reach of the gateways of the project' if d.limited else _UNLIMITED}."
            )
    if unsized := unsized_note(d):
        yield unsized
    if d.rests_on.law:
        yield (
            f"Some permissions rest on secondary readings of law ({', '.join(d.rests_on.law)}): a "
            "lawyer should read the text itself before you rely on it."
        )
