"""Tables of what may go where, and why: scenarios, routes, rules and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from policy_router.audit.dossier.verdicts import Demand, RuleFound
from policy_router.report import phrases
from policy_router.report.dossier import wording as w
from policy_router.report.dossier.looked import Looked, Row, Table, sourced
from policy_router.report.plain_words import value_words


def summary(looked: Looked) -> Table:
    """What was checked, what came of it, and what that does not prove."""
    d = looked.dossier
    known = phrases.instant(d.known_at) if d.known_at else "all that is recorded"
    rows: Iterable[tuple[str, str]] = (
        ("Project", d.project or ""),
        ("As of", phrases.instant(d.at)),
        ("Known", known),
        *(("Summary", sentence) for sentence in w.summary(d)),
        *(("Scope", note) for note in w.scope_note(d)),
        ("Policies, digest", d.digests.policies),
        ("Registry, digest", d.digests.registry),
        *(("What this does not prove", limit) for limit in w.LIMITS),
    )
    return Table("summary", "Summary", ("About", "Said"), tuple(rows))


def scenarios(looked: Looked) -> Table:
    """What was asked, and how many routes may carry it."""
    standings, among = ("Permitted", "Refused", "Not known"), w.reach(looked.dossier)
    columns = (
        "Scenario", "Title", "Facts",
        *(f"{said}, of the routes reported on" for said in standings),
        *(f"{said}, of all routes {among}" for said in standings),
    )  # fmt: skip
    rows = (
        (
            s.id, s.title, w.asked(s),
            s.counts.permitted, s.counts.refused, s.counts.unknown,
            s.within_reach.permitted, s.within_reach.refused, s.within_reach.unknown,
        )
        for s in looked.dossier.scenarios
    )  # fmt: skip
    return Table("scenarios", "Scenarios", columns, tuple(rows))


def matrix(looked: Looked) -> Table:
    """Every scenario on every route."""
    rows = (
        (scenario, route.id, route.model, each.id, w.standing(reasoning.found),
         looked.grounds(reasoning.found) or w.headline(reasoning),
         w.needs(reasoning.shortest, looked.titles))
        for each in looked.dossier.classes
        for reasoning in each.reasonings
        for scenario in reasoning.scenarios
        for route in each.routes
    )  # fmt: skip
    columns = ("Scenario", "Route", "Model", "Class", "Standing", "Why", "What would permit it")
    return Table("matrix", "What may go where", columns, tuple(rows))


def reasons(looked: Looked) -> Table:
    """Every rule that applies, what it asks of each class of routes, and what it found."""
    columns = (
        "Class", "Scenarios", "Standing", "Policy", "Rule", "Says", "Rests on", "Mode", "Verdict",
        "About", "Demanded", "Found", "Answer", "Evidence", "Sources and ages", "Places",
        "Left open by facts",
    )  # fmt: skip
    rows = (
        (each.id, " ".join(reasoning.scenarios), w.standing(reasoning.found), *cells)
        for each in looked.dossier.classes
        for reasoning in each.reasonings
        for cells in chain.from_iterable(_of_rule(looked, r) for r in reasoning.rules)
    )
    return Table("reasons", "Why, rule by rule", columns, tuple(rows))


def _of_rule(looked: Looked, found: RuleFound) -> Iterator[Row]:
    rule = looked.rule(found)
    mode = rule.mode.value
    start = (found.policy, found.rule, rule.title or "", w.source(rule), mode, w.verdict(found))
    for demand in found.demands:
        yield (*start, *_of_demand(looked, demand), " ".join(found.open_facts))


def _of_demand(looked: Looked, demand: Demand) -> Row:
    claims = [looked.claim(number) for number in demand.evidence]
    return (
        phrases.title_of(demand.subject),
        phrases.demand(demand.subject, demand.demanded),
        value_words(demand.subject, demand.claimed),
        w.ANSWERS[demand.answer],
        " ".join(f"E{claim.number}" for claim in claims),
        "; ".join(sourced(looked, claim) for claim in claims),
        "; ".join(looked.places(demand)),
    )


def routes(looked: Looked) -> Table:
    """Every route, its class and its address."""
    columns = ("Route", "Class", "Model", "Parties", "Address at the gateway", "Stage",
               "Input price per 1M tokens", "Output price per 1M tokens")  # fmt: skip
    rows = (
        (r.id, each.id, r.model, " → ".join(map(looked.title, each.parties)), r.address,
         r.stage or "not known", r.input or "not known", r.output or "not known")
        for each in looked.dossier.classes
        for r in each.routes
    )  # fmt: skip
    return Table("routes", "Routes", columns, tuple(rows))


def evidence(looked: Looked) -> Table:
    """Every claim that the report speaks of, with its source and age."""
    columns = ("Number", "Party", "About", "Claimed", "Not known because", "Contradicted by",
               "Contract", "Source", "Terms", "Reference", "Read on", "Verified on", "Verified by",
               "Age in days", "Note", "Written in")  # fmt: skip
    rows = (
        (
            f"E{e.number}", looked.title(e.party), phrases.title_of(e.attribute),
            value_words(e.attribute, e.value), phrases.gap(e.gap) if e.gap else "", e.conflicts,
            e.agreement or "", phrases.source_kind(e.kind) if e.kind else "",
            e.basis.value.replace("_", " ") if e.basis else "", e.reference or "", w.day(e.read_on),
            w.day(e.verified_on), e.verified_by or "",
            "" if e.age_days is None else e.age_days, e.note or "", e.place or "",
        )
        for e in looked.dossier.evidence
    )  # fmt: skip
    return Table("evidence", "Evidence", columns, tuple(rows))
