"""One HTTP request to an LLM API, read into what it asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from policy_router.domain.request import RequestFacts
from policy_router.wire.call import INPUT_TOKENS, Call, read_body
from policy_router.wire.encodings import decoded
from policy_router.wire.head import read_head
from policy_router.wire.headers import Headers
from policy_router.wire.inline import Inlines, parse_in_parts
from policy_router.wire.json_strict import DEFAULT_LIMITS, LONGEST_AT_ONCE, Limits, too_large
from policy_router.wire.operation import Dialect
from policy_router.wire.operations import dialect_of, listed_model, operation_at
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.tokens import most_input_tokens

_WHILE_READ: Final = 13
"""Times its size that the text of a body takes up at most while it is read: as it stands there, as
characters, and as what they say, of four bytes each if one of them is none of the most used; and
once more where content in it turned out to be text."""


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request as it arrived.

    `path` and `query` are raw; `path` is what follows the base URL, None if it is under no base
    URL that is governed. `dialect`: whose clients use that base URL, None if several do. `subject`:
    the pseudonym of the person whom it is about, where that is known. `take`: told how many bytes
    are held of it besides `body`, more or (below zero) fewer; raises `Refused` if that is too many.
    """

    method: str
    path: str | None
    query: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    dialect: Dialect | None = None
    subject: str | None = None
    take: Callable[[int], None] | None = field(default=None, repr=False, compare=False)

    @property
    def spoken(self) -> Dialect:
        """The dialect its sender speaks, and is answered in."""
        return self.dialect or dialect_of(self.path, self.headers)

    @property
    def listed(self) -> str | None:
        """The model that a request for a list asks about, "" for all; None if it is no such."""
        return None if self.path is None else listed_model(self.method, self.path, self.query)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for: the call, and what its sender declares about it.

    `input_tokens`: what its input can have at most, None where nothing bounds it.
    `headers`: what goes upstream with the call, but for the length of its body and a key.
    `long`: whether its body is to be written out in pieces.
    """

    call: Call
    declared: tuple[tuple[str, str], ...]
    input_tokens: Decimal | None
    headers: Headers = ()
    long: bool = False

    @property
    def sized(self) -> RequestFacts:
        """What the call shows, with the tokens its input has at most."""
        facts = self.call.facts
        if self.input_tokens is None:
            return facts
        scalars = {**facts.scalars, INPUT_TOKENS: self.input_tokens}
        return RequestFacts(facts.model, facts.sets, scalars)


Opened = tuple[dict[str, Any], Inlines, int]
"""The body of a call, unpacked and parsed; its long content, and its size in bytes."""


def read_call(call: HttpCall, limits: Limits = DEFAULT_LIMITS) -> Asked:
    """What `call` asks for; raises `Refused` for anything no policy has looked at."""
    if len(call.body) > limits.size:
        raise too_large(limits.size)
    asked = operation_at(call.method, call.path, call.query, call.dialect)
    head = read_head(call.headers)
    parsed, inlines, size = opened(call, head.coding, asked.operation.within(limits))
    read = read_body(asked.operation, parsed, asked.model, call.query, inlines)
    declared = (*head.declared, *read.declared)
    tokens = most_input_tokens(size, read.shown)
    to_anthropic = asked.operation.dialect is Dialect.ANTHROPIC
    passed = (*head.passed, *head.to_anthropic) if to_anthropic else head.passed
    return Asked(read, declared, tokens, passed, size > LONGEST_AT_ONCE)


def opened(call: HttpCall, coding: str | None, limits: Limits) -> Opened:
    """The body of a call that says it has `coding`; raises `Refused` if it cannot be read.

    What it takes up meanwhile counts, and afterwards a copy of it: that, or what is sent of it.
    """
    plain = _plain(call, coding, limits.size)
    size = len(plain)
    if call.take is None:
        return *parse_in_parts(plain, limits), size
    meanwhile = _WHILE_READ * min(size, limits.text)
    call.take(meanwhile)
    try:
        return *parse_in_parts(plain, limits), size
    finally:
        call.take((size if plain is call.body else 0) - meanwhile)


def _plain(call: HttpCall, coding: str | None, most: int) -> bytes:
    """The body unpacked, which together with what it was packed as is bounded.

    Room for all that it may be is taken before, for what it is after.
    """
    if len(call.body) > most:
        raise too_large(most)
    if coding is None:
        return call.body
    left, size = most - len(call.body), 0
    _take(call, left)
    try:
        plain = decoded(call.body, coding, left)
        size = 0 if plain is call.body else len(plain)
    except Refused as refused:
        if refused.code is RefusalCode.BODY_TOO_LARGE:
            raise too_large(most) from None
        raise
    finally:
        _take(call, size - left)
    return plain


def _take(call: HttpCall, size: int) -> None:
    if call.take is not None:
        call.take(size)
