"""Running the sidecar: two addresses, signals, and an end that lets open streams finish."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from policy_router.domain.organisation import Caller
from policy_router.enforcement.forward_auth import ForwardAuth
from policy_router.enforcement.gate import Gate, gate_for, ledger_of
from policy_router.enforcement.sidecar.admin import Admin
from policy_router.enforcement.sidecar.app import POINT, Questions, Sidecar, State
from policy_router.enforcement.sidecar.bounds import limits_of, room_of
from policy_router.enforcement.sidecar.hearing import KEPT_SECONDS, Hearing
from policy_router.enforcement.sidecar.memory import give_back
from policy_router.enforcement.sidecar.metrics import CountingAsyncLog, CountingLog, Metrics
from policy_router.enforcement.sidecar.pruning import Pruning
from policy_router.enforcement.sidecar.reloading import Reloading
from policy_router.enforcement.sidecar.telling import TellingThread
from policy_router.enforcement.sidecar.upstream import Patience
from policy_router.log.async_ledger import AsyncLedger
from policy_router.log.segment import LogDamaged
from policy_router.log.telling import Telling
from policy_router.service.pdp import PDP
from policy_router.service.telling import telling_of
from policy_router.store.garbage import look_rarely, take_for_lasting
from policy_router.store.watching import Seen


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where calls are taken, and where operators look. Port 0: any that is free.

    `drain`: seconds that open streams may go on at the end; `notice`: seconds before it, for which
    calls are taken that come all the same, while whoever asks is told that it stops.
    """

    host: str = "127.0.0.1"
    port: int = 8787
    admin_port: int = 8788
    drain: int = 60
    notice: int = 0


@dataclass(frozen=True, slots=True)
class Listening:
    """The addresses that were taken."""

    calls: str
    admin: str


def serve(  # noqa: PLR0913 - what a server is told, each of another kind
    pdp: PDP,
    known: Seen,
    addresses: Addresses,
    patience: Patience,
    also: tuple[Caller, ...],
    questions: Callable[[Gate], Questions],
    tell: Callable[[Listening], None],
) -> None:
    """Serve until told to stop; `tell` hears where, once both addresses are taken.

    `known`: what the files of the project looked like before `pdp` was loaded; `questions` makes
    what answers those about decisions.

    Raises `OSError` if an address is not free, or if the load cannot be recorded or its documents
    kept, `DocumentErrors` if the project's log cannot be written, and `ValueError` if it has none.
    """
    state = State(room=room_of(pdp.loaded))
    ledger = ledger_of(pdp)
    told = _telling(pdp)
    telling = TellingThread(told)
    metrics = Metrics(lambda: state.calls, lambda: (pdp.age, pdp.oldest), telling.metrics)
    pdp.keep_beside(ledger.folder)
    gate = gate_for(POINT, pdp, CountingLog(ledger, metrics), limits_of(pdp.loaded))
    log = AsyncLedger(ledger)
    reloading = Reloading(pdp, gate.log, metrics, known)
    asked = (questions(gate), ForwardAuth(gate))
    sidecar = Sidecar(
        gate, patience, also, state, asked, CountingAsyncLog(log, metrics), telling.behind
    )
    with (
        telling.running(),
        _bound(addresses.host, addresses.port) as calls,
        _bound(_LOCAL, addresses.admin_port) as ops,
    ):
        reloading.tell()
        ledger.check()  # what cannot be signed or anchored is seen now, not when it stops
        listening = Listening(_address(calls), _address(ops))
        servers = (_server(sidecar, addresses.drain), _server(Admin(metrics), 1, lifespan="off"))
        _settle_in()
        logging.getLogger("uvicorn.error").addFilter(_is_news)
        with asyncio.Runner(loop_factory=servers[0].config.get_loop_factory()) as runner:
            upkeep = (reloading, Pruning(pdp, ledger, told))
            stop = Stop(servers[0], state, addresses.notice)
            runner.run(_run(servers, (calls, ops), upkeep, stop, lambda: tell(listening)))
            runner.run(_closed(log))


def _settle_in() -> None:
    """Have memory looked after as a server needs it."""
    take_for_lasting()
    look_rarely()
    give_back()


def _telling(pdp: PDP) -> Telling:
    """Who is told of the log; `ledger_of` has looked whether that can be done here."""
    project = pdp.loaded.project
    assert project is not None  # noqa: S101 - it names the log
    assert project.log is not None  # noqa: S101 - as above
    return telling_of(project.log)


_LOCAL = "127.0.0.1"
_LOGGER = logging.getLogger("policy_router")


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line of the server says more than that a call was broken off, as it was told to."""
    cause = record.exc_info[0] if record.exc_info else None
    return cause is None or not issubclass(cause, asyncio.CancelledError)


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: there are two servers, and they stop together."""
        yield


def _server(app: Any, drain: int, lifespan: Any = "on") -> _Server:  # noqa: ANN401 - uvicorn's own
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws="none",
        http=Hearing,
        timeout_keep_alive=KEPT_SECONDS,
        lifespan=lifespan,
        timeout_graceful_shutdown=drain,
    )
    return _Server(config)


@dataclass(frozen=True, slots=True)
class Stop:
    """What a signal to stop does: it is told at once, and `notice` seconds later no call is taken.

    Told twice, nothing is waited for, not even the calls that are under way.
    """

    server: uvicorn.Server
    state: State
    notice: float

    def __call__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop, as the signal came."""
        if self.state.stopping or self.notice == 0:
            self.server.force_exit = self.state.stopping
            self.server.should_exit = True
        else:
            loop.call_later(self.notice, setattr, self.server, "should_exit", True)
        self.state.stopping = True


async def _run(
    servers: tuple[_Server, _Server],
    sockets: tuple[socket.socket, socket.socket],
    upkeep: tuple[Reloading, Pruning],
    stop: Stop,
    tell: Callable[[], None],
) -> None:
    """Run both servers until a signal stops them; `tell` is called once signals are heard."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, loop)
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.run_in_executor(None, upkeep[0].reload))
    tell()
    watching = [asyncio.ensure_future(each.watch()) for each in upkeep]
    admin = asyncio.ensure_future(servers[1].serve([sockets[1]]))
    await servers[0].serve([sockets[0]])
    for each in watching:
        each.cancel()
    servers[1].should_exit = True
    await admin


async def _closed(log: AsyncLedger) -> None:
    """End the calls that nobody waits for any more, then write the last checkpoint."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    try:
        await log.close()
    except (OSError, LogDamaged) as error:
        _LOGGER.error("the last checkpoint of the log was not written: %s", error)  # noqa: TRY400


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.create_server((host, port), family=family, backlog=2048)
    with taken:
        yield taken


def _address(taken: socket.socket) -> str:
    host, port = taken.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
