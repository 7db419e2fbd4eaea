"""Tables of what is missing, what ends, who is on the way, and what people wrote down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from policy_router.audit.dossier.causes import PLACES as ALL_PLACES
from policy_router.audit.dossier.differences import Cause, Turn
from policy_router.audit.dossier.verdicts import Found
from policy_router.audit.dossier.writings import (
    AgreementPart,
    Entry,
    ExceptionPart,
    PartyPart,
    Said,
    SignoffPart,
)
from policy_router.engine.explanation import Term
from policy_router.report import phrases
from policy_router.report.differing import document_words, part_title, part_words, said_words
from policy_router.report.dossier import wording as w
from policy_router.report.dossier.looked import BLANK, Looked, Row, Table, bases
from policy_router.report.plain_words import value_words

PLACES: Final = ("inference_location", "storage_location", "support_location")
_MOST_PLACES: Final = 3
SIGNATURES: Final = ("Prepared by", "Data protection officer", "Approved for the controller")
"""Who signs a report; the names are for people to write."""


# ---- since the last report -----------------------------------------------------------------------


def turns(looked: Looked) -> Table:
    """Routes gained and lost per scenario, and what did it."""
    since = looked.dossier.since
    columns = ("Scenario", "Was", "Is", "Routes", "Number", "Because of")
    rows = tuple(_turn(looked, turn) for turn in since.turns) if since else ()
    return Table("changes", "Since the last report: routes gained and lost", columns, rows)


def _turn(looked: Looked, turn: Turn) -> Row:
    was, now = (_found(looked, found) for found in (turn.before, turn.after))
    because = "; ".join(caused(looked, cause) for cause in turn.causes)
    return (turn.scenario, was, now, " ".join(turn.routes), len(turn.routes), because)


def _found(looked: Looked, found: Found | None) -> str:
    if found is None:
        return "not reported on"
    by = looked.grounds(found)
    return f"{w.STANDINGS[found.standing]} {by}" if by else w.STANDINGS[found.standing]


def caused(looked: Looked, cause: Cause) -> str:
    """One thing that brought a change about."""
    was, now = (_was(cause, said) for said in (cause.before, cause.after))
    about = looked.title(cause.about)
    if cause.attribute is not None:
        about = f"{_ATTRIBUTES.get(cause.attribute, part_title(cause.attribute))} of {about}"
    return f"{w.CAUSES[cause.kind]}, {about}: was {was}, is {now}"


_ATTRIBUTES: Final = {ALL_PLACES: "places"}


def _was(cause: Cause, said: str | None) -> str:
    return value_words(cause.attribute or "", said) if said else "nothing on file"


def documents(looked: Looked) -> Table:
    """What policies, law, contracts, sign-offs and exceptions say otherwise, and what ended."""
    since = looked.dossier.since
    said = (
        ((document_words(d), part_words(d), *said_words(d)) for d in since.documents)
        if since
        else ()
    )
    moved = (
        (f"{w.CAUSES[c.kind]} `{c.about}`", "whether it counts", c.before or "", c.after or "")
        for c in (since.states if since else ())
    )
    columns = ("Document", "What of it", "Was", "Is")
    return Table("changed-documents", "Since the last report: documents", columns, (*said, *moved))


# ---- what is missing and what ends ---------------------------------------------------------------


def steps(looked: Looked) -> Table:
    """Contracts, evidence and judgements that are missing."""
    rows = tuple(
        (
            s.alone,
            s.part_of,
            w.KINDS[s.kind],
            looked.titles.get(s.about, s.about),
            w.step(s.text),
            " ".join(s.scenarios),
        )
        for s in looked.dossier.steps
    )
    columns = ("Permits alone", "Helps permit", "Kind", "About", "What to do", "Scenarios")
    return Table("missing", "What is missing", columns, rows)


def together(looked: Looked) -> Table:
    """What would be enough together."""
    rows = tuple(
        (t.permits, "; ".join(w.thing(each, looked.titles) for each in t.things))
        for t in looked.dossier.together
    )
    columns = ("Permits", "Together")
    return Table("together", "What would be enough together", columns, rows)


def calendar(looked: Looked) -> Table:
    """What ends, and the permissions that hang on it."""
    rows = tuple(
        (
            w.last_day(e.at),
            "yes" if e.past else "no",
            w.lapsing(e),
            e.routes,
            w.weight(e.hangs),
            w.hanging(e.hangs) or "none",
        )
        for e in looked.dossier.calendar
    )
    columns = ("Last day", "Past", "What ends", "Routes", "Permissions", "Permissions by scenario")
    return Table("calendar", "What ends, and what hangs on it", columns, rows)


# ---- what people wrote down ----------------------------------------------------------------------


def _dates(part: AgreementPart | SignoffPart | ExceptionPart) -> tuple[str, str, str]:
    start: datetime | None = part.start
    return (w.date_of(start), w.last_day(part.end), w.date_of(part.recorded))


_DATES: Final = ("From", "Last day", "Recorded on")


def agreements(looked: Looked) -> Table:
    """The contracts on file."""
    rows = tuple(map(_agreement(looked), looked.dossier.agreements))
    columns = ("Id", "State", "With", "Document", *_DATES, "Covers", "States", "Transfer clauses",
               "Permissions that hang on it")  # fmt: skip
    return Table("agreements", "Contracts", columns, rows)


def _agreement(looked: Looked) -> Callable[[AgreementPart], Row]:
    def row(a: AgreementPart) -> Row:
        return (
            a.id,
            w.STATES[a.state],
            "; ".join(map(looked.title, a.parties)),
            a.document,
            *_dates(a),
            "; ".join(a.covers),
            "; ".join(f"{phrases.title_of(t.attribute)}: {_value(t)}" for t in a.terms),
            "; ".join(a.clauses) or "none",
            w.hanging(a.hangs) or "none",
        )

    return row


def _value(term: Term) -> str:
    return value_words(term.attribute, term.said)


def signoffs(looked: Looked) -> Table:
    """The judgements on file."""
    rows = tuple(
        (
            s.id,
            w.STATES[s.state],
            s.type,
            "approved" if s.approved else "rejected",
            s.by,
            s.reference,
            *_dates(s),
            "; ".join(s.covers) or "every route",
            "; ".join(s.data),
            "; ".join(s.purposes),
            "; ".join(s.tenants),
            w.hanging(s.hangs) or "none",
        )
        for s in looked.dossier.signoffs
    )
    columns = ("Id", "State", "Kind", "Judgement", "Signed by", "Reference", *_DATES, "Covers",
               "Data", "Purposes", "Tenants", "Permissions that hang on it")  # fmt: skip
    return Table("signoffs", "Sign-offs", columns, rows)


def exceptions(looked: Looked) -> Table:
    """The exceptions on file."""
    rows = tuple(
        (
            e.id,
            w.STATES[e.state],
            f"{e.policy}/{e.rule}",
            "; ".join(e.routes),
            e.when,
            "; ".join(e.accepts) or "any",
            e.approved_by,
            e.reason,
            e.reference,
            *_dates(e),
            w.hanging(e.hangs) or "none",
        )
        for e in looked.dossier.exceptions
    )
    columns = ("Id", "State", "Waives", "On routes", "For requests", "While claims are",
               "Approved by", "Reason", "Reference", *_DATES,
               "Permissions that hang on it")  # fmt: skip
    return Table("exceptions", "Exceptions", columns, rows)


# ---- who is on the way ---------------------------------------------------------------------------


def parties(looked: Looked) -> Table:
    """The list of processors and sub-processors."""
    columns = (
        "Party", "Id", "Role", "Company", "Address", "Contact", "Company in", "Model runs in",
        "Data stored in", "Staff access from", "Contracts in force", "Reviewed by",
        "Objection deadline", "Routes", "May carry",
    )  # fmt: skip
    blanks = frozenset({"Address", "Contact", "Objection deadline"})
    rows = tuple(_party(looked, party) for party in looked.dossier.parties)
    return Table("subprocessors", "Processors and sub-processors", columns, rows, blanks)


def _party(looked: Looked, party: PartyPart) -> Row:
    return (
        party.title,
        party.id,
        ", ".join(w.ROLES[role] for role in party.roles),
        party.entity or BLANK,
        BLANK,
        BLANK,
        claimed_of(looked, party, "provider_jurisdiction"),
        *(claimed_of(looked, party, attribute) for attribute in PLACES),
        "; ".join(party.agreements) or "none",
        "; ".join(party.reviewed_by) or "nobody on file",
        BLANK,
        party.routes,
        "; ".join(party.permitted) or "nothing",
    )


def claimed_of(looked: Looked, party: PartyPart, attribute: str) -> str:
    """What is claimed of a party, whichever model is asked for."""
    claims = (looked.claim(number) for number in party.claims)
    found = [value_words(attribute, c.value) for c in claims if c.attribute == attribute]
    said = list(dict.fromkeys(found))
    if len(said) > _MOST_PLACES:
        others = phrases.counted(len(said) - _MOST_PLACES, "other answer")
        return f"{'; or '.join(said[:_MOST_PLACES])}; or {others}, by model"
    return "; or ".join(said) or "not known"


def transfers(looked: Looked) -> Table:
    """The places data may reach, and on which basis."""
    columns = ("Party and place", "Regime", "What may happen there", "Basis", "Clauses in",
               "Assessments", "Scenarios", "Routes", "Law and practice there",
               "Supplementary measures", "Decided by and review date")  # fmt: skip
    blanks = frozenset(columns[-3:])
    rows = tuple(
        (
            f"{looked.title(t.party)}, {t.country or 'place not known'}",
            w.REGIMES[t.regime],
            "; ".join(map(phrases.title_of, t.about)),
            looked.based(t),
            "; ".join(t.agreements) or "none on file",
            "; ".join(t.assessments) or "none on file",
            ", ".join(t.scenarios),
            t.routes,
            BLANK,
            BLANK,
            BLANK,
        )
        for t in looked.dossier.transfers
    )
    return Table("transfers", "Places data may reach", columns, rows, blanks)


def records(looked: Looked) -> Table:
    """What is on file for the records of processing activities."""
    columns = ("Record", "Scenario", "Entry", "On file", "To complete", "Completed")
    rows = tuple(
        (
            f"Art. {r.article.value}",
            r.scenario,
            w.ENTRIES[r.entry],
            "; ".join(on_file(looked, r.entry, each) for each in r.said),
            "by a person" if r.to_fill else "",
            BLANK if r.to_fill else "",
        )
        for r in looked.dossier.records
    )
    return Table("records", "Records of processing", columns, rows, frozenset({"Completed"}))


def on_file(looked: Looked, entry: Entry, found: Said) -> str:
    """One thing that is on file for an entry of a record."""
    if found.party is None:
        return f"{(found.about or '').replace('_', ' ')}: {', '.join(found.said)}"
    party = looked.title(found.party)
    if entry is Entry.RECIPIENTS:
        return ": ".join((party, *found.said))
    if entry is Entry.TRANSFERS:
        return f"{party}, {found.about or 'place not known'}: {bases(found.said, ())}"
    about = found.about or ""
    said = ", ".join(value_words(about, value) for value in found.said)
    return f"{party}: {phrases.title_of(about)}: {said}"


# ---- rules and signatures ------------------------------------------------------------------------


def policies(looked: Looked) -> Table:
    """The rules in force."""
    columns = ("Policy", "Version", "Rule", "Says", "Rests on", "Mode", "May be waived", "Place")
    rows = tuple(
        (
            p.id,
            p.version,
            rule.id,
            rule.title or "",
            w.source(rule),
            rule.mode.value,
            "yes" if rule.waivable else "no",
            rule.place or "",
        )
        for p in looked.dossier.policies
        for rule in p.rules
    )
    return Table("policies", "Rules in force", columns, rows)


def signing(looked: Looked) -> Table:
    """Who signs, with blanks."""
    digests = looked.dossier.digests
    blanks = ("Name", "Place and date", "Signature")
    rows = tuple(
        (role, *(BLANK for _ in blanks), digests.policies, digests.registry) for role in SIGNATURES
    )
    columns = ("Role", *blanks, "Policies, digest", "Registry, digest")
    return Table("signing", "Sign-off", columns, rows, frozenset(blanks))
