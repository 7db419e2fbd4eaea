"""Models or routes side by side: one row a question, one column for each that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from policy_router.audit.listing import plain_view
from policy_router.audit.sheet import Sheet
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import Matcher, Test
from policy_router.engine import words
from policy_router.engine.render import instant
from policy_router.report import phrases, values
from policy_router.report.citations import (
    UNKNOWN,
    Cell,
    Citations,
    Said,
    Source,
    merged,
    plain,
)
from policy_router.report.handling import answer
from policy_router.report.screen import Screen
from policy_router.report.sheet import NO_ROUTE, card_rows, ranked_rows
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

Row = tuple[str, tuple[Cell, ...]]
"""A question, and the answers to it, one cell a column."""


def compared(sheets: Sequence[Sheet]) -> list[tuple[str, list[Row]]]:
    """Sections with their rows: privacy at the provider, hosting, card and prices, benchmarks."""
    return [
        (
            "Privacy at the provider",
            [(phrases.title_of(n), tuple(_claims(s, n) for s in sheets)) for n in _PRIVACY],
        ),
        (
            "Hosting",
            [
                ("routes within reach", tuple((Said(f"{len(s.offers):,}"),) for s in sheets)),
                ("providers run it in", tuple(_claims(s, "inference_location") for s in sheets)),
                ("EEA only, every hop", tuple((Said(_in_the_eea(s)),) for s in sheets)),
            ],
        ),
        *described(sheets),
    ]


def described(sheets: Sequence[Sheet]) -> list[tuple[str, list[Row]]]:
    """The sections about what models can do and cost, and how good they are."""
    cards = [dict(card_rows(s.model, s.offers)) for s in sheets]
    scores = [dict(ranked_rows(s.model)) for s in sheets]
    ranked = [n for n in ("rank", "tier") if any(n in score for score in scores)]
    names = [*ranked, *sorted({n for score in scores for n in score} - set(ranked))]
    titles = dict.fromkeys(t for c in sorted(cards, key=len, reverse=True) for t in c)
    return [
        ("Card and prices", [(t, tuple(c.get(t, UNKNOWN) for c in cards)) for t in titles]),
        (
            "Benchmarks, rank and tier, as their sources print them",
            [(n, tuple((s[n],) if n in s else UNKNOWN for s in scores)) for n in names],
        ),
    ]


def _claims(sheet: Sheet, attribute: str) -> Cell:
    """What providers claim, counted where routes differ."""
    if not sheet.offers:
        return NO_ROUTE
    cells = [answer(o, o.route.provider, attribute, values.said) for o in sheet.offers]
    by_words: dict[str, list[Cell]] = {}
    for cell in cells:
        by_words.setdefault(plain(cell), []).append(cell)
    if len(by_words) == 1:
        return _one(cells, "")
    return tuple(
        said
        for _, alike in sorted(by_words.items(), key=_unknown_last)
        for said in _one(alike, f" ({len(alike)})")
    )


def _unknown_last(of: tuple[str, list[Cell]]) -> tuple[bool, str]:
    return of[0].startswith(words.UNKNOWN), of[0]


def _one(alike: Sequence[Cell], where: str) -> Cell:
    """Cells of the same words as one, with the sources of all; `where` after its last answer."""
    each = [merged(answers)[0][0] for answers in zip(*alike, strict=True)]
    wheres = [said.where for said in alike[0]]
    wheres[-1] += where
    return tuple(replace(said, where=w) for said, w in zip(each, wheres, strict=True))


def _in_the_eea(sheet: Sheet) -> str:
    """On how many routes every hop is known to run it inside the EEA, outside, and not known."""
    if not sheet.offers:
        return plain(NO_ROUTE)
    truths = [
        plain_view(sheet.snapshot, offer.route.id, sheet.moment).test(_IN_THE_EEA)
        for offer in sheet.offers
    ]
    yes, no = sum(t.known_true for t in truths), sum(t.may_be_true for t in truths)
    parts = [(yes, "yes"), (len(truths) - no, "no"), (no - yes, "not known")]
    return ", ".join(f"{word} on {count}" for count, word in parts if count)


def compare_lines(sheets: Sequence[Sheet], screen: Screen) -> Iterator[str]:
    """The comparison on a screen."""
    first, citations = sheets[0], Citations()
    at = facts_of(first.moment.at, first.moment.known_at, first.snapshot.digests)
    yield from screen.wrapped(
        f"As recorded on {at}. A number behind an answer counts routes, one in brackets [1] names "
        "a source listed below."
    )
    columns = [Column(escaped(s.name), fits=True, alike=True) for s in sheets]
    for title, rows in compared(sheets):
        if rows:
            told = [(question, *map(citations.cited, cells)) for question, cells in rows]
            yield from ("", *table([Column(title, fits=True), *columns], told, screen))
    if citations.numbers:
        yield from ("", screen.bold("Sources"), *citations.lines(screen))
    yield from ("", *screen.wrapped(LIMITS))


def compare_csv(sheets: Sequence[Sheet]) -> str:
    """The comparison, one row a question: the answers by column, then what they were read in."""
    ids = [s.name for s in sheets]
    titles = ("section", "question", *ids, *(f"sources of {name}" for name in ids))
    return csv_table(
        titles,
        [
            (title, question, *map(plain, cells), *map(_read_in, cells))
            for title, rows in compared(sheets)
            for question, cells in rows
        ],
    )


def _read_in(cell: Cell) -> str:
    return "; ".join(map(str, _sources(cell)))


def _sources(cell: Cell) -> list[Source]:
    return list(dict.fromkeys(source for said in cell for source in said.sources))


def compare_json(sheets: Sequence[Sheet]) -> str:
    """The comparison as one line of JSON: sections, questions, an answer for each column.

    `sources`: of the same questions, what the answers were read in.
    """
    moment = sheets[0].moment
    found = compared(sheets)
    data = {
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "registry": sheets[0].snapshot.digests.registry,
        "models": [s.name for s in sheets],
        "sections": _by_question(sheets, found, plain),
        "sources": _by_question(sheets, found, lambda cell: list(map(str, _sources(cell)))),
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _by_question(
    sheets: Sequence[Sheet],
    found: Sequence[tuple[str, list[Row]]],
    told: Callable[[Cell], str | list[str]],
) -> dict[str, dict[str, dict[str, str | list[str]]]]:
    names = [s.name for s in sheets]
    return {
        title: {
            question: dict(zip(names, map(told, cells), strict=True)) for question, cells in rows
        }
        for title, rows in found
    }
