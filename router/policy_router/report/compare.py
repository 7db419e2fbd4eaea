"""Models side by side: one row a question, one column a model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from policy_router.audit.evidence import Statement
from policy_router.audit.listing import plain_view
from policy_router.audit.sheet import Sheet
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import Matcher, Test
from policy_router.engine import words
from policy_router.engine.render import instant
from policy_router.report import phrases, values
from policy_router.report.screen import Screen
from policy_router.report.sheet import card_rows, standing_rows
from policy_router.report.statement import LIMITS, facts_of
from policy_router.report.tables import Column, csv_table, table
from policy_router.report.visible import escaped

_PRIVACY: Final = (
    "zero_data_retention",
    "training",
    "retention_days",
    "logging",
    "human_review",
    "third_party_access",
    "dpa",
)
_IN_THE_EEA: Final = Test(
    "inference_location", Matcher.WITHIN, ("EEA",), None, Span("registry compare", 1, 1)
)

Row = tuple[str, ...]


def compared(sheets: Sequence[Sheet]) -> list[tuple[str, list[Row]]]:
    """Sections with their rows: privacy at the provider, hosting, card and prices, benchmarks."""
    return [
        (
            "Privacy at the provider",
            [(phrases.title_of(n), *(_claims(s, n) for s in sheets)) for n in _PRIVACY],
        ),
        (
            "Hosting",
            [
                ("routes within reach", *(f"{len(s.offers):,}" for s in sheets)),
                ("providers run it in", *(_claims(s, "inference_location") for s in sheets)),
                ("EEA only, every hop", *(_in_the_eea(s) for s in sheets)),
            ],
        ),
        *described(sheets),
    ]


def described(sheets: Sequence[Sheet]) -> list[tuple[str, list[Row]]]:
    """The sections about what models can do and cost, and how good they are."""
    cards = [dict(card_rows(s.model, s.offers)) for s in sheets]
    ranked = [dict(standing_rows(s.model)) for s in sheets]
    scores = [dict(s.model.benchmarks) for s in sheets]
    names = sorted({name for score in scores for name in score})
    return [
        ("Card and prices", [(title, *(c[title] for c in cards)) for title in cards[0]]),
        (
            "Benchmarks, rank and tier, as their sources print them",
            [
                *(
                    (n, *(r.get(n, words.UNKNOWN) for r in ranked))
                    for n in ("rank", "tier")
                    if any(n in r for r in ranked)
                ),
                *((escaped(n), *(_score(score, n) for score in scores)) for n in names),
            ],
        ),
    ]


def _score(scores: Mapping[str, Decimal], name: str) -> str:
    return words.claimed(scores.get(name), name)


def _claims(sheet: Sheet, attribute: str) -> str:
    """What providers claim; counted where routes differ."""
    counts: dict[str, int] = {}
    for offer in sheet.offers:
        text = _claim(offer.at_provider(attribute), attribute)
        counts[text] = counts.get(text, 0) + 1
    if len(counts) == 1:
        return next(iter(counts))
    return "; ".join(f"{text} ({count})" for text, count in sorted(counts.items())) or words.UNKNOWN


def _claim(found: Statement | None, attribute: str) -> str:
    if found is None or found.gap is not None:
        return words.UNKNOWN
    return values.said(attribute, found.value)


def _in_the_eea(sheet: Sheet) -> str:
    """On how many routes every hop is known to run it inside the EEA, outside, and not known."""
    truths = [
        plain_view(sheet.snapshot, offer.route.id, sheet.moment).test(_IN_THE_EEA)
        for offer in sheet.offers
    ]
    yes, no = sum(t.known_true for t in truths), sum(t.may_be_true for t in truths)
    parts = [(yes, "yes"), (len(truths) - no, "no"), (no - yes, "not known")]
    return ", ".join(f"{word} on {count}" for count, word in parts if count) or words.UNKNOWN


def compare_lines(sheets: Sequence[Sheet], screen: Screen) -> Iterator[str]:
    """The comparison on a screen."""
    first = sheets[0]
    at = facts_of(first.moment.at, first.moment.known_at, first.snapshot.digests)
    yield from screen.wrapped(f"As recorded on {at}. A number behind an answer counts routes.")
    columns = [Column(""), *(Column(escaped(s.model.id), fits=True) for s in sheets)]
    for title, rows in compared(sheets):
        if rows:
            yield from ("", *table([Column(title, fits=True), *columns[1:]], rows, screen))
    yield from ("", *screen.wrapped(LIMITS))


def compare_csv(sheets: Sequence[Sheet]) -> str:
    """The comparison, one row a question."""
    titles = ("section", "question", *(s.model.id for s in sheets))
    return csv_table(titles, [(title, *row) for title, rows in compared(sheets) for row in rows])


def compare_json(sheets: Sequence[Sheet]) -> str:
    """The comparison as one line of JSON: sections, questions, and an answer for each model."""
    moment = sheets[0].moment
    models = [s.model.id for s in sheets]
    data = {
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "registry": sheets[0].snapshot.digests.registry,
        "models": models,
        "sections": {
            title: {row[0]: dict(zip(models, row[1:], strict=True)) for row in rows}
            for title, rows in compared(sheets)
        },
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
