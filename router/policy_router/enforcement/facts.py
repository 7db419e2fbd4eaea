"""Facts joined: what is certain of a caller, what the call shows, what is merely declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from policy_router.domain.diagnostic import DocumentErrors
from policy_router.domain.organisation import Caller
from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.domain.vocabulary import FACTS, SCOPE_FACTS, FactKind
from policy_router.language.facts import request_facts
from policy_router.wire.refusal import RefusalCode, Refused

_DECLARABLE: Final = {n: s for n, s in FACTS.items() if not (s.observed or s.floor_only)}
_OBSERVED: Final = frozenset(name for name, spec in FACTS.items() if spec.observed)
_VALUE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")

Declared = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Floor:
    """What holds of a call whatever it says: from a caller document or the embedding program.

    `may_declare`: facts that the caller's own word settles. `caller`: its id, for the record.
    """

    facts: RequestFacts = field(default_factory=RequestFacts)
    may_declare: frozenset[str] = frozenset()
    caller: str | None = None


NOBODY: Final = Floor()
"""A caller of whom nothing is known, so that every rule about facts applies."""


NOTHING_SHOWN: Final = RequestFacts(
    sets={name: SetFact(settled=True) for name in _OBSERVED if FACTS[name].kind is FactKind.SET},
    scalars={"stateful": False, "streaming": False},
)
"""What a call shows that says nothing but text."""


def floor_of(caller: Caller) -> Floor:
    """The floor that a caller document states."""
    return Floor(caller.facts, caller.may_declare, caller.id)


def known_floor(floor: Floor | None) -> Floor:
    """`floor`, where a sender has to be known; raises `Refused` where it is not."""
    if floor is None:
        raise Refused(
            RefusalCode.UNKNOWN_CALLER,
            "the call carries no key of a caller that is known here",
            "send the caller's own key, where the SDK puts its `api_key`; a provider's key is none",
        )
    return floor


def joined(floor: Floor, shown: RequestFacts, declared: Declared) -> RequestFacts:
    """The facts of a call: `floor`, what it has `shown`, what was `declared`.

    Declarations only add; the base view holds what can be relied on without them. Raises `Refused`
    for a fact that cannot be declared, is unknown, or contradicts the floor.
    """
    if not declared:
        return _merged(floor.facts, shown)
    said = _said(declared)
    _check_contradictions(floor.facts, said)
    certain = _merged(floor.facts, shown)
    settled = {name for name in floor.may_declare if name in said.scalars or name in said.sets}
    base = _with(certain, said, settled, settled)
    outer = _with(certain, said, {*said.sets, *said.scalars}, settled)
    rests_on = _news(floor.facts, said)
    if (outer.sets, outer.scalars) == (base.sets, base.scalars):
        return RequestFacts(base.model, base.sets, base.scalars, rests_on)
    return RequestFacts(outer.model, outer.sets, outer.scalars, rests_on, base)


def with_model(facts: RequestFacts, name: str) -> RequestFacts:
    """The facts of the same call, were it for `name`."""
    base = None if facts.base is None else replace(facts.base, model=name)
    return replace(facts, model=name, base=base)


def joined_request(floor: Floor, stated: RequestFacts, declared: Declared = ()) -> RequestFacts:
    """The facts of a call of `floor` that somebody describes instead of making it.

    What a call shows by itself counts as shown, everything else as declared, and `declared` too.
    Raises `Refused` as `joined` does.
    """
    shown = replace(
        stated,
        sets={n: fact for n, fact in stated.sets.items() if n in _OBSERVED},
        scalars={n: value for n, value in stated.scalars.items() if n in _OBSERVED},
    )
    return joined(floor, shown, (*_declared_in(stated), *declared))


def _declared_in(stated: RequestFacts) -> Iterator[tuple[str, str]]:
    for name, fact in stated.sets.items():
        if name not in _OBSERVED:
            yield name, ",".join(sorted(fact.members))
    for name, value in stated.scalars.items():
        if name not in _OBSERVED:
            yield name, str(value)


def _said(declared: Declared) -> RequestFacts:
    """The declared facts, checked like those of a document."""
    stated: dict[str, list[str]] = {}
    for name, text in declared:
        _check_declarable(name)
        stated.setdefault(name, []).extend(_values(name, text))
    read = [_read(name, _as_document(name, values)) for name, values in stated.items()]
    return RequestFacts(
        sets={name: facts.sets[name] for facts in read for name in stated if name in facts.sets},
        scalars={n: facts.scalars[n] for facts in read for n in stated if n in facts.scalars},
    )


def _read(name: str, value: list[str] | str) -> RequestFacts:
    """One fact as a document would state it; what was said instead of a value is not repeated."""
    try:
        return request_facts({name: value})
    except DocumentErrors as errors:
        message = f"`{name}` is declared with a value that is not known"
        advice = errors.diagnostics[0].help
        raise Refused(RefusalCode.UNKNOWN_FACT, message, advice) from None


def is_declarable(name: str) -> bool:
    """Whether a call may declare the fact `name` at all."""
    return name in _DECLARABLE


def _check_declarable(name: str) -> None:
    if is_declarable(name):
        return
    if name in SCOPE_FACTS:
        raise Refused(
            RefusalCode.FLOOR_FACT,
            f"`{name}` says who calls, so a call cannot declare it",
            "state it in the caller's document",
        )
    raise Refused(
        RefusalCode.UNKNOWN_FACT,
        "a fact is declared that calls cannot declare",
        f"they can declare: {', '.join(f'`{n}`' for n in sorted(_DECLARABLE))}",
    )


def _values(name: str, text: str) -> list[str]:
    values = [value.strip() for value in text.split(",")]
    if not all(_VALUE.fullmatch(value) for value in values):
        raise Refused(
            RefusalCode.UNKNOWN_FACT,
            f"`{name}` is declared with something that is no value",
            "write names, separated by commas",
        )
    return values


def _as_document(name: str, values: list[str]) -> list[str] | str:
    if _DECLARABLE[name].kind is FactKind.SET:
        return sorted(set(values))
    if len(set(values)) > 1:
        raise Refused(
            RefusalCode.CONTRADICTED_FACT,
            f"`{name}` is declared twice, differently",
            "declare it once",
        )
    return values[0]


def _check_contradictions(floor: RequestFacts, said: RequestFacts) -> None:
    for name, value in said.scalars.items():
        certain = floor.scalar(name)
        if certain is not None and certain != value:
            raise Refused(
                RefusalCode.CONTRADICTED_FACT,
                f"`{name}` is declared, but another value of it is certain of this caller",
                "leave it out, or have the caller's document corrected",
            )


def _merged(floor: RequestFacts, shown: RequestFacts) -> RequestFacts:
    """What is certain: the floor's facts and those the call shows, of both the larger."""
    if floor.model not in {None, shown.model}:
        raise Refused(
            RefusalCode.CONTRADICTED_FACT,
            "the call names another model than its program stated",
            "state no model, or the one that is called",
        )
    sets = {**floor.sets, **shown.sets}
    for name in floor.sets.keys() & shown.sets.keys():
        members = floor.sets[name].members | shown.sets[name].members
        sets[name] = SetFact(members, settled=True)
    scalars = {**floor.scalars, **shown.scalars}
    for name in floor.scalars.keys() & shown.scalars.keys():
        scalars[name] = _larger(floor.scalars[name], shown.scalars[name])
    return RequestFacts(shown.model, sets, scalars)


def _larger(certain: FactValue, shown: FactValue) -> FactValue:
    """Of two sizes the larger, of two flags the raised one; of names the one in the call."""
    if isinstance(certain, Decimal) and isinstance(shown, Decimal):
        return max(certain, shown)
    return True if certain is True else shown


def _with(
    certain: RequestFacts, said: RequestFacts, taken: Iterable[str], settled: Iterable[str]
) -> RequestFacts:
    """What is certain and those declared facts that are `taken`, of which some are `settled`."""
    sets = dict(certain.sets)
    scalars: dict[str, FactValue] = dict(certain.scalars)
    relied_on = frozenset(settled)
    for name in taken:
        if name in said.sets:
            known = certain.set_fact(name)
            members = known.members | said.sets[name].members
            sets[name] = SetFact(members, settled=known.settled or name in relied_on)
        else:
            scalars[name] = said.scalars[name]
    return RequestFacts(certain.model, MappingProxyType(sets), MappingProxyType(scalars))


def _news(floor: RequestFacts, said: RequestFacts) -> tuple[str, ...]:
    """Names of the declared facts that say more than the floor does."""
    sets = {n for n, f in said.sets.items() if f.members - floor.set_fact(n).members}
    return tuple(sorted(sets | {n for n in said.scalars if floor.scalar(n) is None}))
