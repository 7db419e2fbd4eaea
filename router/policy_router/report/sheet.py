"""The card of a model, its benchmarks, and what else its maker has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from policy_router.audit.sheet import Offer, Sheet
from policy_router.audit.stages import is_fading
from policy_router.domain.claim import Evidence
from policy_router.domain.price import Money
from policy_router.domain.route import Model
from policy_router.engine import words
from policy_router.report import phrases
from policy_router.report.screen import Screen
from policy_router.report.statement import facts_of
from policy_router.report.tables import Column, table
from policy_router.report.visible import escaped

_CARD: Final = (Column(""), Column("", fits=True))
_SCORES: Final = (Column("Benchmark"), Column("Score", right=True))
_MOST_OTHERS: Final = 6


def headline(model: Model) -> str:
    """A model by title, id and maker."""
    maker = f" by {escaped(model.maker)}" if model.maker else ", maker not known"
    return f"{escaped(model.title)} (`{escaped(model.id)}`){maker}"


def as_of(sheet: Sheet, *, apart: bool) -> str:
    """Of when all this is, and what the card was read in; `apart`: also what routes differ by."""
    card = sheet.model.card_source
    at = facts_of(sheet.moment.at, sheet.moment.known_at, sheet.snapshot.digests)
    own = {o.card.card_source for o in sheet.offers if apart and o.card.card_source != card}
    differ = "; ".join(sorted(_read_in(source) for source in own if source is not None))
    routes = f" Of what routes offer otherwise: {differ}." if differ else ""
    if card is None:
        return f"As recorded on {at}. No card of the model was read.{routes}"
    return f"As recorded on {at}. Card: {_read_in(card)}.{routes}"


def _read_in(source: Evidence) -> str:
    return escaped(f"{phrases.evidence(source)}: {source.reference}")


def card_lines(sheet: Sheet, screen: Screen) -> list[str]:
    """The card in two columns without titles."""
    return table(_CARD, card_rows(sheet.model, sheet.offers), screen)[2 if screen.person else 1 :]


def card_rows(model: Model, offers: Sequence[Offer]) -> list[tuple[str, str]]:
    """The card: what goes in and out, how much of it, for how much, how fast.

    What a route may offer otherwise than the model's card says is told as it is on these routes.
    """
    cards = [offer.card for offer in offers] or [model]
    return [
        ("Input", _offered([c.input_modalities for c in cards])),
        ("Output", _offered([c.output_modalities for c in cards])),
        ("Features", _offered([c.features for c in cards])),
        ("Context window", _counted(_amount(c.context_window, "token") for c in cards)),
        ("Max output", _counted(_amount(c.max_output_tokens, "token") for c in cards)),
        ("Input price", _range([o.input for o in offers])),
        ("Output price", _range([o.output for o in offers])),
        ("Output speed", _amount(model.throughput, "token per second", "tokens per second")),
        ("First token", _amount(model.first_token_seconds, "second")),
        ("Released", _word(model.released)),
        ("Knowledge until", _word(model.knowledge)),
        ("Open weights", _OPEN[model.open_weights]),
    ]


def _counted(answers: Iterable[str]) -> str:
    """An answer that all routes share, else each with the number of routes it holds on.

    What holds on most routes first, what is not known last.
    """
    counts = Counter(answers)
    if len(counts) == 1:
        return next(iter(counts))
    ordered = sorted(counts.items(), key=lambda i: (i[0] == words.UNKNOWN, -i[1], i[0]))
    return "; ".join(f"{text} ({phrases.counted(number, 'route')})" for text, number in ordered)


def _offered(sets: Sequence[frozenset[str] | None]) -> str:
    """The set that all routes share, else on how many routes each of its names is."""
    known = [names for names in sets if names is not None]
    if len(set(sets)) == 1 or not known:
        return _set(sets[0])
    on = Counter(name for names in known for name in names)
    alike: dict[int, set[str]] = {}
    for name, number in on.items():
        alike.setdefault(number, set()).add(name)
    ordered = sorted(alike.items(), reverse=True)
    said = [f"{_set(frozenset(n))} ({phrases.counted(count, 'route')})" for count, n in ordered]
    lacking = [(known.count(frozenset()), "none"), (len(sets) - len(known), words.UNKNOWN)]
    said += [f"{text} ({phrases.counted(count, 'route')})" for count, text in lacking if count]
    return "; ".join(said)


def _word(said: str | None) -> str:
    return words.UNKNOWN if said is None else escaped(said)


_OPEN: Final = {None: words.UNKNOWN, True: "yes", False: "no"}


def _set(names: frozenset[str] | None) -> str:
    if names is None:
        return words.UNKNOWN
    return ", ".join(escaped(name.replace("_", " ")) for name in sorted(names)) or "none"


def _amount(number: int | Decimal | None, singular: str, plural: str | None = None) -> str:
    return words.UNKNOWN if number is None else words.counted(number, singular, plural)


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


# ---- benchmarks and what else there is ----------------------------------------------------------


def benchmarks(model: Model, screen: Screen, *, together: bool) -> Iterator[str]:
    """Rank, tier and scores as their source prints them; `together`: in one paragraph."""
    rows = [*standing_rows(model), *((escaped(n), words.number(s)) for n, s in model.benchmarks)]
    if not rows:
        yield "none is recorded"
        return
    if together:
        yield from screen.wrapped("; ".join(f"{name} {score}" for name, score in rows))
    else:
        yield from table(_SCORES, rows, screen)
    if model.card_source is not None:
        source = escaped(phrases.evidence(model.card_source))
        yield from screen.wrapped(f"As printed by its source ({source}); nobody here measured it.")


def standing_rows(model: Model) -> list[tuple[str, str]]:
    """Rank and tier in the words of the card's source, where it states them."""
    said = (("rank", model.rank), ("tier", model.tier))
    return [(name, escaped(text)) for name, text in said if text is not None]


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
