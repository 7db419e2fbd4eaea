"""One call, from its arrival to the end of its answer, as a dialogue that knows no sockets.

What has to be done is yielded, what came of it is sent back. The order of the steps is the order of
this text: nothing is sent that has not been recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, NamedTuple

from policy_router.audit.record import Ending, Finding, Occasion, Outcome, Record, record_of
from policy_router.domain.attestation import Attestation, Standing
from policy_router.enforcement.answer import (
    Forward,
    Reply,
    redirected,
    refuse,
    unanswered,
    withheld,
)
from policy_router.enforcement.apart import Apart, done
from policy_router.enforcement.endings import Endings
from policy_router.enforcement.facts import Floor
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.ids import new_id
from policy_router.enforcement.judging import (
    Admitted,
    Case,
    Judging,
    Turned,
    fault,
    judge,
    judge_again,
    occasion_of,
    report,
    turned_away,
    undecided,
)
from policy_router.enforcement.listing import list_reply
from policy_router.enforcement.observing import (
    Unchanged,
    as_it_came,
    enforcement_in,
    lets_pass,
)
from policy_router.enforcement.subject import names_a_person, with_pseudonym
from policy_router.log.kept import Log
from policy_router.log.subjects import Subjects
from policy_router.store.project import Loaded
from policy_router.wire.answers import Witness, answer_id
from policy_router.wire.headers import Headers
from policy_router.wire.http_call import HttpCall
from policy_router.wire.refusal import RefusalCode, Refused

FAILS_OVER: Final = frozenset({408, 429, 500, 502, 503, 504, 529})
"""Statuses that speak of the upstream and not of the call: another route may do better."""

MOST_ATTEMPTS: Final = 4

_NOBODY_WAITS: Final = frozenset({Ending.CLIENT_GONE, Ending.STOPPED})
_REDIRECTS: Final = range(300, 400)


class Keep(NamedTuple):
    """Make `record` durable; an exception is thrown back. `is_last`: the answer is out already."""

    record: Record
    is_last: bool = False


class Send(NamedTuple):
    """Send exactly `forward`, and wait for the head of an answer."""

    forward: Forward


class Hold(NamedTuple):
    """Read the answer until `witness` is settled or it ends; let nothing out yet."""

    witness: Witness


class Deliver(NamedTuple):
    """Let the answer out as it is, with more headers; `witness` reads along."""

    forward: Forward
    witness: Witness


class Finished(NamedTuple):
    """The exchange is over: answer with `reply`, unless an answer was delivered."""

    reply: Reply | None


class Head(NamedTuple):
    """An answer has begun. `resent`: the call went out a second time before it did."""

    status: int
    headers: Headers
    resent: bool = False

    @property
    def id(self) -> str | None:
        """What its upstream calls it."""
        return answer_id(self.headers)


class Ended(NamedTuple):
    """Nothing more comes, or is waited for. `resent`: as of a head."""

    how: Ending
    resent: bool = False


Step = Keep | Apart | Send | Hold | Deliver

ON_THE_WAY: Final = (Keep, Apart)
"""Steps after which the exchange goes on at once: all others wait for whoever carries the call."""

Came = Head | Ended | None
Exchange = Generator[Step, Came, Reply | None]
Way = Callable[[], Unchanged | None]
"""Finds how a call goes out while it is only observed."""


def exchange(
    gate: Gate,
    call: HttpCall,
    floor: Floor | None,
    loaded: Loaded,
    unchanged: Way | None = None,
) -> Exchange:
    """What becomes of `call`, whose sender is known by `floor`; None: it must be, and is not.

    `loaded`: what was in force when the call came in and its sender was looked up. `unchanged`:
    finds how the call goes out while the project only observes. Returns a reply, or None where an
    answer was delivered. Nothing is raised: a fault of ours is a reply too.
    """
    try:
        return (yield from _answered(gate, call, floor, loaded, unchanged))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing more is sent
        report("could not carry a call", error)
        return refuse(new_id(), fault(RefusalCode.UNDECIDED), call.spoken)


def _answered(
    gate: Gate,
    call: HttpCall,
    floor: Floor | None,
    loaded: Loaded,
    unchanged: Way | None,
) -> Exchange:
    occasion = occasion_of(gate, call, floor)
    way = None
    if floor is not None and unchanged is not None and lets_pass(gate.pdp, loaded, occasion.at):
        way = yield from done(unchanged)
    name = call.listed
    if name is not None and way is None:
        return (yield from done(partial(list_reply, gate, call, floor, loaded, name)))
    if floor is not None and gate.subjects is not None and names_a_person(call):
        named = yield from _with_pseudonym(gate.subjects, call, occasion)
        if isinstance(named, Turned):
            return (yield from _turned(named, occasion, call))
        call, occasion = named, occasion._replace(subject=named.subject)
    if way is None:
        judged = yield from judge(gate, call, floor, occasion, loaded)
    else:
        occasion = occasion._replace(observed=True)
        judged = yield from _observed(gate, call, floor, occasion, loaded, way)
    if isinstance(judged, Turned):
        return (yield from _turned(judged, occasion, call))
    if not (yield from _kept(judged.record)):
        return refuse(occasion.id, fault(RefusalCode.NOT_RECORDED), call.spoken)
    return (yield from _carried(gate, judged, loaded, occasion))


def _observed(  # noqa: PLR0913 - a call, and how it goes out
    gate: Gate,
    call: HttpCall,
    floor: Floor | None,
    occasion: Occasion,
    loaded: Loaded,
    way: Unchanged,
) -> Judging:
    """A call that passes whatever would become of it, which is recorded."""
    if call.listed is None:
        record = (yield from judge(gate, call, floor, occasion, loaded)).record
    else:
        record = record_of(occasion, Finding(lists=True))
    try:
        forward = yield from done(partial(as_it_came, occasion.id, call, way, gate.limits))
    except Refused as refused:
        return turned_away(call, occasion._replace(observed=False), refused)
    return Admitted(forward, record)


def _turned(turned: Turned, occasion: Occasion, call: HttpCall) -> Exchange:
    """The reply to a call that is turned away, once that is recorded."""
    if not (yield from _kept(turned.record)):
        return refuse(occasion.id, fault(RefusalCode.NOT_RECORDED), call.spoken)
    return turned.reply


def _with_pseudonym(
    subjects: Subjects, call: HttpCall, occasion: Occasion
) -> Generator[Apart, Any, HttpCall | Turned]:
    """`call` with a pseudonym for the person whom it names."""
    try:
        return (yield from done(partial(with_pseudonym, call, subjects)))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
        return undecided(call, occasion, error)


def advance(steps: Exchange, log: Log, came: Came = None) -> Send | Hold | Deliver | Finished:
    """Tell the exchange what came, keep what is to be kept, and return what has to be done next.

    What may take long is done at once: nobody but its own call waits for whoever asks.
    """
    step = told(steps.send, came)
    while isinstance(step, ON_THE_WAY):
        try:
            if isinstance(step, Keep):
                log.append(step.record)
            else:
                step.work()
        except Exception as error:  # noqa: BLE001 - the exchange knows what to make of it
            step = told(steps.throw, error)
        else:
            step = told(steps.send, None)
    return step


def told(tell: Callable[[Any], Step], what: Came | Exception) -> Step | Finished:
    """Tell an exchange what came; `tell` is its `send` or `throw`."""
    try:
        return tell(what)
    except StopIteration as done:
        return Finished(done.value)


def _carried(gate: Gate, admitted: Admitted, loaded: Loaded, occasion: Occasion) -> Exchange:
    """Send a call that may be sent, by another route where one fails; deliver what comes."""
    tried: list[str | None] = []
    while True:
        forward = admitted.forward
        tried.append(forward.route)
        came = yield Send(forward)
        again = None
        if _has_failed(came):
            again = yield from _next(admitted.case, came, tried)
        if again is None:
            break
        if not (yield from _kept(again.record)):
            return refuse(occasion.id, fault(RefusalCode.NOT_RECORDED), forward.dialect)
        admitted = again
    ended = _End(gate.endings.of(loaded), occasion, len(tried), forward, loaded)
    if isinstance(came, Head):
        return (yield from _delivered(came, ended))
    broken = came or Ended(Ending.BROKEN)
    yield from _noted(ended, broken.how, broken)
    return unanswered(forward, broken.how)


def _has_failed(came: Came) -> bool:
    """Whether an attempt came to nothing, and somebody waits for a better one."""
    if isinstance(came, Ended):
        return came.how not in _NOBODY_WAITS
    return came is not None and came.status in FAILS_OVER


def _next(
    case: Case | None, came: Came, tried: list[str | None]
) -> Generator[Apart, Any, Admitted | None]:
    """The next attempt after one that failed, if there is another to make."""
    if case is None or len(tried) >= MOST_ATTEMPTS:
        return None
    ending = came.how if isinstance(came, Ended) else Ending.FAILED_OVER
    status = came.status if isinstance(came, Head) else None
    routes = [route for route in tried if route is not None]
    resent, named = came is not None and came.resent, came.id if isinstance(came, Head) else None
    after = Outcome(routes[-1], ending, status, None, named, resent)
    return (yield from judge_again(case, routes, after))


class _End(NamedTuple):
    """What the record of how a call ended is made of."""

    endings: Endings
    occasion: Occasion
    attempt: int
    forward: Forward
    loaded: Loaded

    def attestation(self, witness: Witness) -> Attestation | None:
        """How what the answer says stands to its route; None where none was chosen."""
        return self.endings.attested(witness.said, self.forward.route)

    def record(self, how: Ending, came: Head | Ended, witness: Witness | None) -> Record:
        """The record of how it ended, of what `came` first."""
        route = self.forward.route
        if isinstance(came, Head):
            said = None if witness is None else self.attestation(witness)
            outcome = Outcome(route, how, came.status, said, came.id, came.resent)
        else:
            outcome = Outcome(route, how, resent=came.resent)
        return self.endings.record(self.occasion, datetime.now(UTC), self.attempt, outcome)


def _delivered(head: Head, end: _End) -> Exchange:
    forward = end.forward
    if head.status in _REDIRECTS and forward.route is not None:
        yield from _noted(end, Ending.REDIRECTED, head)
        return redirected(forward)
    witness = Witness(head.headers)
    if enforcement_in(end.loaded).withhold and forward.route is not None:
        broken = yield Hold(witness)
        if isinstance(broken, Ended):
            yield from _noted(end, broken.how, head)
            return unanswered(forward, broken.how)
        attestation = end.attestation(witness)
        if attestation is not None and attestation.standing is Standing.CONTRADICTED:
            yield from _noted(end, Ending.WITHHELD, head, witness)
            return withheld(forward)
    ended = yield Deliver(forward, witness)
    how = ended.how if isinstance(ended, Ended) else Ending.CUT
    if how is Ending.CLIENT_GONE and witness.has_said_all:
        how = Ending.COMPLETE
    yield from _noted(end, how, head, witness, is_last=True)
    return None


def _noted(
    end: _End,
    how: Ending,
    came: Head | Ended,
    witness: Witness | None = None,
    *,
    is_last: bool = False,
) -> Generator[Step, Came, None]:
    """Record how it ended; whatever keeps that from being done spoils no answer that is out."""
    try:
        record = end.record(how, came, witness)
    except Exception as error:  # noqa: BLE001 - as above
        report("could not say how a call ended", error)
        return
    yield from _kept(record, is_last=is_last)


def _kept(record: Record, *, is_last: bool = False) -> Generator[Step, Came, bool]:
    """Whether `record` is durable."""
    try:
        yield Keep(record, is_last)
    except Exception as error:  # noqa: BLE001 - whatever keeps a record from being kept
        report("could not record a call", error)
        return False
    return True
