"""One HTTP request to an LLM API, read into what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from policy_router.domain.request import RequestFacts
from policy_router.wire.call import INPUT_TOKENS, Call, read_body
from policy_router.wire.encodings import decoded
from policy_router.wire.head import read_head
from policy_router.wire.headers import Headers
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits, parse, too_large
from policy_router.wire.operation import Dialect
from policy_router.wire.operations import dialect_of, listed_model, operation_at
from policy_router.wire.tokens import most_input_tokens


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request as it arrived.

    `path` and `query` are raw; `path` is what follows the base URL, None if it is under no base
    URL that is governed. `dialect`: whose clients use that base URL, None if several do. `subject`:
    the pseudonym of the person whom it is about, where that is known.
    """

    method: str
    path: str | None
    query: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    dialect: Dialect | None = None
    subject: str | None = None

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
    """

    call: Call
    declared: tuple[tuple[str, str], ...]
    input_tokens: Decimal | None
    headers: Headers = ()

    @property
    def sized(self) -> RequestFacts:
        """What the call shows, with the tokens its input has at most."""
        facts = self.call.facts
        if self.input_tokens is None:
            return facts
        scalars = {**facts.scalars, INPUT_TOKENS: self.input_tokens}
        return RequestFacts(facts.model, facts.sets, scalars)


def read_call(call: HttpCall, limits: Limits = DEFAULT_LIMITS) -> Asked:
    """What `call` asks for; raises `Refused` for anything no policy has looked at."""
    if len(call.body) > limits.size:
        raise too_large(limits.size)
    asked = operation_at(call.method, call.path, call.query, call.dialect)
    head = read_head(call.headers)
    plain = decoded(call.body, head.coding, limits.size)
    read = read_body(asked.operation, parse(plain, limits), asked.model, call.query)
    declared = (*head.declared, *read.declared)
    size = most_input_tokens(len(plain), read.shown)
    to_anthropic = asked.operation.dialect is Dialect.ANTHROPIC
    more = head.to_anthropic if to_anthropic else ()
    return Asked(read, declared, size, (*head.passed, *more))
