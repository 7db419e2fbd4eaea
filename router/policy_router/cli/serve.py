"""`policy-router serve`: the sidecar."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from policy_router.api.answering import DecisionApi
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.main import FINE
from policy_router.cli.terminal import emit
from policy_router.cli.values import Names
from policy_router.domain.diagnostic import Span
from policy_router.domain.organisation import Caller
from policy_router.domain.release import install
from policy_router.domain.vocabulary import FACTS
from policy_router.enforcement.callers import key_hash, new_key
from policy_router.enforcement.observing import enforcement_in
from policy_router.enforcement.reach import can_send, keyless
from policy_router.service.pdp import PDP, WrongSnapshot, load
from policy_router.service.request import Request
from policy_router.store.project import Loaded
from policy_router.store.watching import Seen, seen

if TYPE_CHECKING:
    from policy_router.enforcement.sidecar.running import Listening

_NEEDED: Final = ("aiohappyeyeballs", "httptools", "prometheus_client", "uvicorn")
_LOCAL: Final = ("127.0.0.1", "::1", "localhost")
_TRIAL: Final = "dev"


@click.command(epilog=examples("serve --dev", "serve --host 0.0.0.0 --port 8080 --drain 10"))
@document_options
@click.option("--host", default="127.0.0.1", help="the address to take calls at")
@click.option("--port", default=8787, help="the port to take calls at; 0 is any that is free")
@click.option("--admin-port", default=8788, help="the port of `/metrics`, on this machine alone")
@click.option(
    "--drain", default=60, metavar="SECONDS", help="how long open streams may go on at the end"
)
@click.option(
    "--notice",
    type=click.IntRange(min=0),
    default=0,
    metavar="SECONDS",
    help="how long calls are still taken before that, while `/readyz` says 503",
)
@click.option(
    "--timeout", type=float, metavar="SECONDS",
    help="how long an upstream may be silent, if not as long as the project says (600)",
)  # fmt: skip
@click.option(
    "--pin-digest", type=Names(), help="take only documents with these digests, also on reload"
)
@click.option(
    "--without-keys",
    is_flag=True,
    help="start although no gateway's key is here: whoever asks sends the calls itself",
)
@click.option(
    "--dev", is_flag=True, help="this machine only, with one caller made up for the moment"
)
@click.option("--data", type=Names(lambda: sorted(FACTS["data"].values)), default="non_personal",
    help="what calls of the caller of `--dev` count as",
)  # fmt: skip
def command(  # noqa: PLR0913 - an argument for each option
    chosen: Chosen,
    host: str,
    port: int,
    admin_port: int,
    drain: int,
    notice: int,
    timeout: float | None,
    pin_digest: tuple[str, ...] | None,
    data: tuple[str, ...],
    *,
    without_keys: bool,
    dev: bool,
) -> int:
    """Take calls as OpenAI, Anthropic and Google do, and send what the policies permit.

    Point an SDK at it: `base_url` is its address (with `/v1` for OpenAI's), `api_key` the key of a
    caller. Documents are read again when a file changes or on SIGHUP, all or none. SIGTERM stops
    it once open streams are through. A gateway whose key is missing is warned of.
    """
    _check_installed()
    from policy_router.enforcement.sidecar import running  # noqa: PLC0415 - needs an extra
    from policy_router.enforcement.sidecar.bounds import patience_of  # noqa: PLC0415 - as above

    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(message)s")
    logging.getLogger("policy_router").setLevel(logging.INFO)
    known = _looks(chosen)
    pdp = _opened(chosen, pin_digest or ())
    key = new_key() if dev else None
    also = () if key is None else (_trial_caller(key, data),)
    _check_callers(pdp, also, host, dev=dev)
    if not without_keys:
        _check_keys(pdp.loaded)
    addresses = running.Addresses(host, port, admin_port, drain, notice)

    def tell(listening: Listening) -> None:
        emit(_lines(listening, pdp, key, data))
        sys.stdout.flush()

    try:
        patience = patience_of(pdp.loaded, timeout)
        running.serve(pdp, known, addresses, patience, also, DecisionApi, tell)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return FINE


def _check_installed() -> None:
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise click.UsageError(
            f"`serve` needs packages that are not installed ({', '.join(missing)}): "
            f"{install('serve')}"
        )


def _looks(chosen: Chosen) -> Seen:
    """What the files look like before those are read that will be in force: no change is missed."""
    project = chosen.opened().loaded.project
    return frozenset() if project is None else seen(project)


def _opened(chosen: Chosen, pinned: tuple[str, ...]) -> PDP:
    try:
        return load(
            project=chosen.config,
            packs=chosen.policies,
            all_routes=chosen.all_routes,
            pinned=pinned,
        )
    except WrongSnapshot as error:
        raise click.UsageError(str(error)) from None


def _trial_caller(key: str, data: tuple[str, ...]) -> Caller:
    here = Span(str(Path("--dev")), 1, 1)
    return Caller(_TRIAL, key_hash(key), Request(data=data).facts(), frozenset(), here)


def _check_callers(pdp: PDP, also: tuple[Caller, ...], host: str, *, dev: bool) -> None:
    if dev and host not in _LOCAL:
        raise click.UsageError("`--dev` takes calls from this machine only: leave out `--host`")
    callers = (*pdp.loaded.callers.values(), *also)
    if not any(caller.key_sha256 for caller in callers):
        first = next(iter(pdp.loaded.callers), None)
        command = "add NAME" if first is None else f"key {first}"
        raise click.UsageError(
            f"nobody could call: no caller has a key; make one with "
            f"`policy-router caller {command}`, or try things out with `--dev`"
        )


def _check_keys(loaded: Loaded) -> None:
    """Refuse to start where nothing could be sent, and no proxy is to ask about what it sends."""
    without = keyless(loaded)
    if not without or can_send(loaded) or enforcement_in(loaded).forward_auth:
        return
    each = "; ".join(f"`{k.gateway}`: {k.missing.found}: {k.missing.advice}" for k in without)
    raise click.UsageError(
        f"no call could be sent: no gateway has its key ({each}); if programs only ask here and "
        "send their calls themselves, say `--without-keys`"
    )


def _lines(listening: Listening, pdp: PDP, key: str | None, data: tuple[str, ...]) -> Iterator[str]:
    digests = pdp.snapshot.digests
    yield f"taking calls at {listening.calls}, metrics at {listening.admin}/metrics"
    yield f"policies {digests.policies}"
    yield f"registry {digests.registry}"
    if key is not None:
        yield f"a caller for this run alone, whose calls count as `{', '.join(data)}`:"
        yield f'  base_url="{listening.calls}/v1"'
        yield f'  api_key="{key}"'
        yield f"Anthropic's and Google's SDKs take the address without /v1: {listening.calls}"
