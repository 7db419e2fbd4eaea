"""Running the explorer: one address of this machine, until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from policy_router.explorer.access import Access
from policy_router.explorer.app import application
from policy_router.explorer.documents import Documents
from policy_router.explorer.guard import ENTER

HOST: Final = "127.0.0.1"
"""This machine alone: there is no option for another."""

_PATIENCE: Final = 1


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: `serve` hears them."""
        yield


def serve(
    documents: Documents,
    port: int,
    tell: Callable[[str], None],
    former: tuple[str, ...] = (),
) -> None:
    """Serve until told to stop; `tell` hears the link that lets one in. Port 0: any that is free.

    `former`: public keys that the log was signed with before.

    Raises `OSError` if the port is not free.
    """
    with socket.create_server((HOST, port)) as taken:
        access = Access(taken.getsockname()[1])
        link = f"http://{HOST}:{access.port}{ENTER}?token={access.token}"
        server = _Server(_config(application(documents, access, former)))
        asyncio.run(_run(server, taken, lambda: tell(link)))


def _config(app: ASGIApp) -> uvicorn.Config:
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=_PATIENCE,
    )


async def _run(server: _Server, taken: socket.socket, tell: Callable[[], None]) -> None:
    def stop() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    tell()
    await server.serve([taken])
