"""A model on one page: card, claims with their conditions, routes, handling of data, benchmarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from policy_router.audit.evidence import Statement
from policy_router.audit.sheet import HANDLING, Offer, Sheet
from policy_router.domain.claim import Evidence
from policy_router.domain.price import Money
from policy_router.domain.route import Model
from policy_router.engine import words
from policy_router.report import phrases, values
from policy_router.report.badges import badges
from policy_router.report.evidence import title_of_hop
from policy_router.report.screen import Screen
from policy_router.report.statement import facts_of
from policy_router.report.tables import Column, table
from policy_router.report.visible import escaped

_CARD: Final = (Column(""), Column("", fits=True))
_ROUTES: Final = (
    Column("Route"),
    Column("Provider", fits=True),
    Column("Region", fits=True),
    Column("Zero retention", fits=True),
    Column("Training", fits=True),
    Column("Input", right=True),
    Column("Output", right=True),
)
_SCORES: Final = (Column("Benchmark"), Column("Score", right=True))
_MOST_OTHERS: Final = 12
_MOST_ROUTES: Final = 3


def sheet_lines(sheet: Sheet, screen: Screen) -> Iterator[str]:
    """What is recorded about a model, for a reader."""
    yield screen.bold(headline(sheet.model))
    yield from screen.wrapped(_as_of(sheet))
    yield from ("", *_rows(card_rows(sheet.model, sheet.offers), screen))
    yield from _section("Claims, with their conditions", screen)
    yield from screen.listed(badges(sheet))
    yield from _section("Routes", screen)
    yield from _routes(sheet, screen)
    yield from _section("Data handling, hop by hop", screen)
    yield from _handling(sheet, screen)
    yield from _section("Benchmarks, rank and tier", screen)
    yield from _benchmarks(sheet.model, screen)


def _section(title: str, screen: Screen) -> Iterator[str]:
    yield from ("", screen.bold(title))


def headline(model: Model) -> str:
    """A model by title, id and maker."""
    maker = f" by {escaped(model.maker)}" if model.maker else ", maker not known"
    return f"{escaped(model.title)} (`{escaped(model.id)}`){maker}"


def _as_of(sheet: Sheet) -> str:
    card = sheet.model.card_source
    at = facts_of(sheet.moment.at, sheet.moment.known_at, sheet.snapshot.digests)
    own = {o.card.card_source for o in sheet.offers if o.card.card_source != card}
    differ = "; ".join(sorted(_read_in(source) for source in own if source is not None))
    routes = f" Of what routes offer otherwise: {differ}." if differ else ""
    if card is None:
        return f"As recorded on {at}. No card of the model was read.{routes}"
    return f"As recorded on {at}. Card: {_read_in(card)}.{routes}"


def _read_in(source: Evidence) -> str:
    return escaped(f"{phrases.evidence(source)}: {source.reference}")


def _rows(rows: Sequence[tuple[str, str]], screen: Screen) -> list[str]:
    """Two columns without titles."""
    return table(_CARD, rows, screen)[2 if screen.person else 1 :]


def card_rows(model: Model, offers: Sequence[Offer]) -> list[tuple[str, str]]:
    """The card: what goes in and out, how much of it, for how much, how fast.

    What a route may offer otherwise than the model's card says is told as it is on these routes.
    """
    cards = [offer.card for offer in offers] or [model]
    return [
        ("Input", _counted(_set(c.input_modalities) for c in cards)),
        ("Output", _counted(_set(c.output_modalities) for c in cards)),
        ("Features", _counted(_set(c.features) for c in cards)),
        ("Context window", _counted(_count(c.context_window, "tokens") for c in cards)),
        ("Max output", _counted(_count(c.max_output_tokens, "tokens") for c in cards)),
        ("Input price", _range([o.input for o in offers])),
        ("Output price", _range([o.output for o in offers])),
        ("Output speed", _amount(model.throughput, "tokens per second")),
        ("First token", _amount(model.first_token_seconds, "seconds")),
        ("Released", _word(model.released)),
        ("Knowledge until", _word(model.knowledge)),
        ("Open weights", _OPEN[model.open_weights]),
    ]


def _counted(answers: Iterable[str]) -> str:
    """An answer that all routes share, else each with the number of routes it holds on."""
    counts = Counter(answers)
    if len(counts) == 1:
        return next(iter(counts))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "; ".join(f"{text} ({phrases.counted(number, 'route')})" for text, number in ordered)


def _word(said: str | None) -> str:
    return words.UNKNOWN if said is None else escaped(said)


_OPEN: Final = {None: words.UNKNOWN, True: "yes", False: "no"}


def _set(names: frozenset[str] | None) -> str:
    if names is None:
        return words.UNKNOWN
    return ", ".join(escaped(name.replace("_", " ")) for name in sorted(names)) or "none"


def _count(number: int | None, unit: str) -> str:
    return words.UNKNOWN if number is None else f"{number:,} {unit}"


def _amount(number: Decimal | None, unit: str) -> str:
    return words.UNKNOWN if number is None else f"{words.number(number)} {unit}"


def money(amount: Money | None) -> str:
    """A price as stored; a zero is said to be one, for it may be a gap in a list."""
    if amount is None:
        return words.UNKNOWN
    zero = " (listed as zero)" if amount.amount == 0 else ""
    return f"{amount.amount:.2f} {amount.currency}{zero}" if _two(amount.amount) else _exact(amount)


def _two(amount: Decimal) -> bool:
    return amount == round(amount, 2)


def _exact(amount: Money) -> str:
    return f"{words.number(amount.amount)} {amount.currency}"


def _range(prices: Iterable[Money | None]) -> str:
    """One price or the span of several, per currency, and on how many routes it is not known."""
    found = list(prices)
    known = [p for p in found if p is not None]
    if not known:
        return words.UNKNOWN
    said = [
        _span(sorted((p for p in known if p.currency == currency), key=lambda p: p.amount))
        for currency in sorted({p.currency for p in known})
    ]
    missing = len(found) - len(known)
    more = f"; not known on {phrases.counted(missing, 'route')}" if missing else ""
    return f"{', '.join(said)} per 1M tokens{more}"


def _span(prices: Sequence[Money]) -> str:
    low, high = prices[0], prices[-1]
    return money(low) if low.amount == high.amount else f"{money(low)} to {money(high)}"


# ---- routes -------------------------------------------------------------------------------------


def _routes(sheet: Sheet, screen: Screen) -> Iterator[str]:
    count = phrases.counted(len(sheet.offers), "route")
    where = {o.route.gateway for o in sheet.offers}
    through = f" through {phrases.names(sorted(map(escaped, where)))}" if where else ""
    yield f"{count} within reach{through}."
    if sheet.offers:
        yield from table(_ROUTES, [_route_row(sheet, offer) for offer in sheet.offers], screen)
        yield from screen.wrapped(f"Training across these routes: {training_posture(sheet)}.")
    if sheet.elsewhere:
        shown = phrases.names(map(escaped, sheet.elsewhere[:_MOST_ROUTES]))
        more = len(sheet.elsewhere) - _MOST_ROUTES
        others = f" and {more} more" if more > 0 else ""
        yield from screen.wrapped(f"Not within reach: {shown}{others} (`--all-routes`).")


def _route_row(sheet: Sheet, offer: Offer) -> tuple[str, ...]:
    provider = sheet.snapshot.registry.providers[offer.route.provider]
    return (
        escaped(offer.route.id),
        escaped(provider.title),
        *(_says(offer.at_provider(name), name) for name in _OVERVIEW),
        money(offer.input),
        money(offer.output),
    )


_OVERVIEW: Final = ("inference_location", "zero_data_retention", "training")


def _says(statement: Statement | None, attribute: str) -> str:
    if statement is None or statement.gap is not None:
        return words.UNKNOWN
    return values.said(attribute, statement.value)


def training_posture(sheet: Sheet) -> str:
    """What the providers say about training, counted."""
    said: dict[str, int] = {}
    for offer in sheet.offers:
        text = _says(offer.at_provider("training"), "training")
        said[text] = said.get(text, 0) + 1
    return "; ".join(f"{text} ({phrases.counted(n, 'route')})" for text, n in sorted(said.items()))


# ---- handling of data ---------------------------------------------------------------------------


def _handling(sheet: Sheet, screen: Screen) -> Iterator[str]:
    """One table for all routes on which the same hops claim the same."""
    numbers = _numbered(sheet)
    alike: dict[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], list[str]] = {}
    for offer in sheet.offers:
        rows = tuple(
            (phrases.title_of(name), *(_cell(offer, hop, name, numbers) for hop in offer.hops))
            for name in HANDLING
        )
        alike.setdefault((offer.hops, rows), []).append(offer.route.id)
    for (hops, rows), routes in alike.items():
        yield from screen.wrapped(phrases.names(map(escaped, routes)))
        titles = (Column(title_of_hop(sheet.snapshot, hop), fits=True) for hop in hops)
        yield from table([Column("Question", fits=True), *titles], rows, screen)
        yield ""
    yield from _sources(numbers, screen)


def _cell(offer: Offer, hop: str, name: str, numbers: dict[tuple[str, str], int]) -> str:
    found = offer.claims.get((hop, name))
    if found is None:
        return words.UNKNOWN
    number = numbers[_source(found)]
    if found.gap is not None:
        return f"{words.UNKNOWN}: {phrases.gap(found.gap)} [{number}]"
    return f"{values.said(name, found.value)} [{number}]"


def _source(s: Statement) -> tuple[str, str]:
    """A source as it is listed: what kind it is and when it was read, and which."""
    if s.agreement is not None:
        return f"agreement `{escaped(s.agreement)}`", s.evidence.reference
    return escaped(phrases.evidence(s.evidence)), s.evidence.reference


def _numbered(sheet: Sheet) -> dict[tuple[str, str], int]:
    found = {
        _source(s)
        for offer in sheet.offers
        for (_, name), s in offer.claims.items()
        if name in HANDLING
    }
    return {source: number for number, source in enumerate(sorted(found), start=1)}


def _sources(numbers: dict[tuple[str, str], int], screen: Screen) -> Iterator[str]:
    for (kind, reference), number in numbers.items():
        yield from screen.wrapped(f"{kind}: {escaped(reference)}", f"  [{number}] ")


# ---- benchmarks and what else there is ----------------------------------------------------------


def _benchmarks(model: Model, screen: Screen) -> Iterator[str]:
    rows = [*standing_rows(model), *((escaped(n), words.number(s)) for n, s in model.benchmarks)]
    if not rows:
        yield "none is recorded"
        return
    yield from table(_SCORES, rows, screen)
    if model.card_source is not None:
        source = escaped(phrases.evidence(model.card_source))
        yield from screen.wrapped(f"As printed by its source ({source}); nobody here measured it.")


def standing_rows(model: Model) -> list[tuple[str, str]]:
    """Rank and tier in the words of the card's source, where it states them."""
    said = (("rank", model.rank), ("tier", model.tier))
    return [(name, escaped(text)) for name, text in said if text is not None]


def other_models(sheet: Sheet, screen: Screen) -> Iterator[str]:
    """Further models of the maker."""
    if not sheet.others:
        return
    shown = phrases.names(map(escaped, sheet.others[:_MOST_OTHERS]))
    more = len(sheet.others) - _MOST_OTHERS
    yield from _section(f"Other models of {escaped(sheet.model.maker or '')}", screen)
    yield from screen.wrapped(f"{shown}{f' and {more} more' if more > 0 else ''}")
