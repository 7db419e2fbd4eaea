"""The card of a model, its benchmarks, and what else its maker has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from policy_router.audit.prices import ListPrice, price_words
from policy_router.audit.sheet import Offer, Sheet
from policy_router.audit.stages import is_fading
from policy_router.domain.route import FIGURES, Model
from policy_router.engine import words
from policy_router.report import phrases
from policy_router.report.citations import (
    UNKNOWN,
    Cell,
    Citations,
    Said,
    merged,
    read_in,
    stated,
)
from policy_router.report.screen import Screen
from policy_router.report.statement import facts_of
from policy_router.report.tables import Column, table
from policy_router.report.visible import escaped

_CARD: Final = (Column(""), Column("", fits=True))
_SCORES: Final = (Column("Benchmark"), Column("Score", right=True))
_MOST_OTHERS: Final = 6
NO_ROUTE: Final[Cell] = (Said("no route within reach"),)
"""What only a route could say, where there is none to look at."""


def headline(model: Model) -> str:
    """A model by title, id and maker."""
    maker = f" by {escaped(model.maker)}" if model.maker else ", maker not known"
    return f"{escaped(model.title)} (`{escaped(model.id)}`){maker}"


def as_of(sheet: Sheet) -> str:
    """Of when all this is; and that no card was read, where none was."""
    at = facts_of(sheet.moment.at, sheet.moment.known_at, sheet.snapshot.digests)
    cards = [sheet.model, *(offer.card for offer in sheet.offers)]
    read = any(card.source_of(figure) for card in cards for figure in FIGURES)
    return f"As recorded on {at}.{'' if read else ' No card of the model was read.'}"


def card_lines(sheet: Sheet, citations: Citations, screen: Screen) -> list[str]:
    """The card in two columns without titles, each figure with the numbers of its sources."""
    rows = [(t, citations.cited(cell)) for t, cell in card_rows(sheet.model, sheet.offers)]
    return table(_CARD, rows, screen)[2 if screen.person else 1 :]


def card_rows(model: Model, offers: Sequence[Offer]) -> list[tuple[str, Cell]]:
    """The card: what goes in and out, how much of it, for how much, how fast.

    What a route may offer otherwise than the model's card says is told as it is on these routes.
    """
    cards = [offer.card for offer in offers] or [model]
    return [
        ("Input", _offered(cards, "input_modalities")),
        ("Output", _offered(cards, "output_modalities")),
        ("Features", _offered(cards, "features")),
        *((t, _offered([model], figure)) for t, figure in _RARE if model.states(figure)),
        ("Context window", _counted(_figure(c, "context_window", "token") for c in cards)),
        ("Max output", _counted(_figure(c, "max_output_tokens", "token") for c in cards)),
        ("Input price", _range(offers, "input")),
        ("Output price", _range(offers, "output")),
        ("Output speed", (_figure(model, "throughput", "token per second", "tokens per second"),)),
        ("First token", (_figure(model, "first_token_seconds", "second"),)),
        *((title, (_word(model, figure),)) for title, figure in _WORDS),
        ("Open weights", (stated(_OPEN[model.open_weights], model.source_of("open_weights")),)),
    ]


_RARE: Final = (("Uses, asked or not", "unasked_tools"),)
_WORDS: Final = (("Released", "released"), ("Knowledge until", "knowledge"))
_OPEN: Final = {None: words.UNKNOWN, True: "yes", False: "no"}


def _counted(answers: Iterable[Said]) -> Cell:
    """An answer that all routes share, else each with the number of routes it holds on.

    What holds on most routes first, what is not known last.
    """
    counts = merged(answers)
    if len(counts) == 1:
        return (counts[0][0],)
    ordered = sorted(counts, key=lambda i: (i[0].text == words.UNKNOWN, -i[1], i[0].text))
    return tuple(_on(said, number) for said, number in ordered)


def _on(said: Said, number: int) -> Said:
    return replace(said, where=f" ({phrases.counted(number, 'route')})")


def _offered(cards: Sequence[Model], figure: str) -> Cell:
    """The set that all routes share, else on how many routes each of its names is."""
    sets: list[frozenset[str] | None] = [getattr(card, figure) for card in cards]
    whole = [stated(_set(names), c.source_of(figure)) for names, c in zip(sets, cards, strict=True)]
    known = [(names, said) for names, said in zip(sets, whole, strict=True) if names is not None]
    if len(set(sets)) == 1 or not known:
        return (merged(whole)[0][0],)
    on = Counter(name for names, _ in known for name in names)
    alike: dict[int, set[str]] = {}
    for name, number in on.items():
        alike.setdefault(number, set()).add(name)
    found = [
        _on(_of(_set(frozenset(some)), [s for names, s in known if names & some]), number)
        for number, some in sorted(alike.items(), reverse=True)
    ]
    none = [said for names, said in known if not names]
    lacking = [(_of("none", none), len(none)), (UNKNOWN[0], len(sets) - len(known))]
    return (*found, *(_on(said, count) for said, count in lacking if count))


def _of(text: str, answers: Iterable[Said]) -> Said:
    """An answer in other words, with the sources of those that it is made of."""
    return Said(text, tuple(dict.fromkeys(s for each in answers for s in each.sources)))


def _word(model: Model, figure: str) -> Said:
    found = getattr(model, figure)
    said = words.UNKNOWN if found is None else escaped(found)
    return stated(said, model.source_of(figure))


def _set(names: frozenset[str] | None) -> str:
    if names is None:
        return words.UNKNOWN
    return ", ".join(escaped(name.replace("_", " ")) for name in sorted(names)) or "none"


def _figure(card: Model, figure: str, singular: str, plural: str | None = None) -> Said:
    number = getattr(card, figure)
    said = words.UNKNOWN if number is None else words.counted(number, singular, plural)
    return stated(said, card.source_of(figure))


def priced(offer: Offer, meter: str) -> Said:
    """What a route costs by a meter, and in which tables that stands."""
    price = _price(offer, meter)
    sources = tuple(map(read_in, offer.price_sources[meter]))
    return Said(price_words([] if price is None else [price]), sources)


def _price(offer: Offer, meter: str) -> ListPrice | None:
    return offer.input if meter == "input" else offer.output


def _range(offers: Sequence[Offer], meter: str) -> Cell:
    """One price or the span of several, per currency, and on how many routes it is not known."""
    if not offers:
        return NO_ROUTE
    found = [(_price(o, meter), priced(o, meter)) for o in offers]
    known = [(price, said) for price, said in found if price is not None]
    spans = [
        _span([k for k in known if k[0].currency == currency])
        for currency in sorted({price.currency for price, _ in known})
    ]
    open_ = [said for price, said in found if price is None]
    if not known:
        return (_of(words.UNKNOWN, open_),)
    if open_:
        where = f" on {phrases.counted(len(open_), 'route')}"
        spans.append(replace(_of(words.UNKNOWN, open_), where=where))
    return tuple(spans)


def _span(found: Sequence[tuple[ListPrice, Said]]) -> Said:
    ordered = sorted(found, key=lambda each: each[0].base)
    said = price_words([price for price, _ in ordered])
    return _of(f"{said} per 1M tokens", (each for _, each in ordered))


# ---- benchmarks and what else there is ----------------------------------------------------------


def benchmarks(
    model: Model, citations: Citations, screen: Screen, *, together: bool
) -> Iterator[str]:
    """Rank, tier and scores as their source prints them; `together`: in one paragraph."""
    rows = ranked_rows(model)
    if not rows:
        yield "none is recorded"
        return
    if together:
        yield from screen.wrapped("; ".join(f"{name} {said.text}" for name, said in rows))
    else:
        yield from table(_SCORES, [(name, said.text) for name, said in rows], screen)
    by = dict.fromkeys(said.sources for _, said in rows)
    for sources in by:
        what = [name for name, said in rows if said.sources == sources] if len(by) > 1 else []
        yield from screen.wrapped(_printed_in(citations.marks(sources), what))


def _printed_in(marks: str, what: Sequence[str]) -> str:
    """Where figures were printed, and which ones, unless it was all of them."""
    which = f" ({', '.join(what)})" if what else ""
    if not marks:
        return f"Nobody wrote down where it was read{which}."
    return f"As printed by its source{marks}{which}; nobody here measured it."


def ranked_rows(model: Model) -> list[tuple[str, Said]]:
    """Rank, tier and scores in the words of their source, where it states them."""
    said = (("rank", model.rank), ("tier", model.tier))
    ranked = [(n, stated(escaped(t), model.source_of(n))) for n, t in said if t is not None]
    source = model.source_of("benchmarks")
    return ranked + [(escaped(n), stated(words.number(s), source)) for n, s in model.benchmarks]


def other_models(sheet: Sheet, screen: Screen) -> Iterator[str]:
    """Further models of the maker, and which of them are on their way out everywhere."""
    if not sheet.others:
        return
    shown = ", ".join(_other(sheet, model) for model in sheet.others[:_MOST_OTHERS])
    more = len(sheet.others) - _MOST_OTHERS
    yield from ("", screen.bold(f"Other models of {escaped(sheet.model.maker or '')}"))
    yield from screen.wrapped(f"{shown}{f' and {more} more' if more > 0 else ''}")


def _other(sheet: Sheet, model: str) -> str:
    routes = [r for r in sheet.snapshot.registry.routes.values() if r.model == model]
    return f"`{escaped(model)}`{' (deprecated)' if is_fading(routes, sheet.moment) else ''}"
