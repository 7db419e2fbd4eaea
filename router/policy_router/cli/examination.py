"""Looking whether a project is ready: documents, gateways, keys, ages and dates."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from policy_router import __version__
from policy_router.audit.matrix import reachable_routes
from policy_router.domain.claim import Evidence, Validity
from policy_router.domain.registry import Registry
from policy_router.domain.route import Gateway
from policy_router.domain.snapshot import Snapshot
from policy_router.enforcement.keys import missing_key
from policy_router.enforcement.log_place import log_problems
from policy_router.enforcement.reach import can_send, keyless
from policy_router.report.examination import Check, State
from policy_router.report.phrases import counted, names
from policy_router.report.unsized import unsized_among
from policy_router.store.described import LogPlace
from policy_router.store.project import Loaded
from policy_router.store.shipped import shipped_root

_SOON: Final = timedelta(days=60)
_OLD_DAYS: Final = 180


def examined(loaded: Loaded, at: datetime) -> Iterator[Check]:
    """Everything there is to look at in a project whose documents are sound, as of `at`."""
    snapshot = loaded.snapshot
    yield program()
    yield _project(loaded)
    yield _packs(snapshot)
    yield _warnings(loaded)
    gateways = snapshot.policies.gateways
    for name in sorted(snapshot.registry.gateways if gateways is None else gateways):
        yield gateway_check(snapshot.registry.gateways[name])
    yield from _sending(loaded)
    yield from _callers(loaded)
    yield _routes(snapshot)
    yield _age(snapshot.registry, at)
    yield from _ending(snapshot, at)
    yield from _log(loaded)


def program() -> Check:
    """What runs here."""
    found = f"{__version__} on Python {platform.python_version()}, documents in `{shipped_root()}`"
    return Check("policy-router", State.FINE, found)


def _project(loaded: Loaded) -> Check:
    if loaded.project is None:
        advice = "write one with `policy-router init`"
        return Check("project", State.NOTE, "none, only packs", advice)
    return Check("project", State.FINE, f"`{loaded.project.file}` ({loaded.project.id})")


def _packs(snapshot: Snapshot) -> Check:
    policies = snapshot.policies.policies
    if not policies:
        return Check("policies", State.WRONG, "none in force", "name one under `packs`")
    return Check("policies", State.FINE, names(f"{p.id} v{p.version}" for p in policies))


def _warnings(loaded: Loaded) -> Check:
    if not loaded.diagnostics:
        return Check("documents", State.FINE, "sound")
    found = counted(len(loaded.diagnostics), "warning")
    return Check("documents", State.NOTE, found, "see `policy-router check`")


# ---- gateways and routes -------------------------------------------------------------------------


def gateway_check(gateway: Gateway) -> Check:
    """Whether the key of a gateway is where its document says; the key is never shown."""
    about, url = f"gateway `{gateway.id}`", gateway.base_url
    if gateway.key is None:
        return Check(about, State.FINE, f"{url}, needs no key")
    missing = missing_key(gateway)
    if missing is None:
        return Check(about, State.FINE, f"{url}, key present")
    return Check(about, State.NOTE, f"{url}, no key: {missing.found}", missing.advice)


def _sending(loaded: Loaded) -> Iterator[Check]:
    """That no call could be sent at all, though routes are within reach and calls are logged."""
    project = loaded.project
    if project is None or project.log is None or project.enforcement.forward_auth:
        return
    if keyless(loaded) and not can_send(loaded):
        found = "no gateway has its key, so no call can be sent: `serve` does not start"
        yield Check("keys", State.WRONG, found, "give a gateway its key, as said above")


def _callers(loaded: Loaded) -> Iterator[Check]:
    """The callers without a key, whose calls cannot be told from anybody's."""
    for caller in loaded.callers.values():
        if caller.key_sha256 is None:
            found = "no key, so none of its calls is let in over HTTP"
            advice = f"`policy-router caller key {caller.id}` makes one"
            yield Check(f"caller `{caller.id}`", State.NOTE, found, advice)


def _routes(snapshot: Snapshot) -> Check:
    routes = reachable_routes(snapshot)
    if not routes:
        advice = "list a gateway under `gateways` that routes go through"
        return Check("routes", State.WRONG, "none within reach", advice)
    registry = snapshot.registry
    unsized = unsized_among(registry, routes)
    found = f"{len(routes):,} within reach"
    if not unsized:
        return Check("routes", State.FINE, found)
    refused = f"of {unsized:,} no `context_window` is known: every call to them will be refused as"
    advice = (
        "`policy-router registry import` reads them from the gateway's catalogue; or state those "
        "you need in an `update`, from the page that says them"
    )
    return Check("routes", State.NOTE, f"{found}; {refused} `unsuitable`", advice)


# ---- ages and dates ------------------------------------------------------------------------------


def _age(registry: Registry, at: datetime) -> Check:
    """How long ago the sources of claims and prices were read, or verified if they were."""
    days = sorted((at.date() - e.fresh_on).days for e in _evidence(registry))
    if not days:
        return Check("registry", State.NOTE, "holds no claims and no prices")
    old = sum(age > _OLD_DAYS for age in days)
    span = f"{days[0]} to " if days[0] < days[-1] else ""
    what = counted(len(days), "claim and price", "claims and prices")
    found = f"{what}, read {span}{counted(days[-1], 'day')} ago"
    if not old:
        return Check("registry", State.FINE, found)
    advice = f"read the sources again: {old:,} were read more than {_OLD_DAYS} days ago"
    return Check("registry", State.NOTE, found, advice)


def _evidence(registry: Registry) -> Iterator[Evidence]:
    own = [gateway.claims for gateway in registry.gateways.values()]
    own += [provider.claims for provider in registry.providers.values()]
    own += [model.claims for model in registry.models.values()]
    yield from (claim.evidence for claims in own for claim in claims)
    for route in registry.routes.values():
        yield from (claim.evidence for _, claims in route.claims for claim in claims)
        yield from (table.evidence for table in route.prices)


def _ending(snapshot: Snapshot, at: datetime) -> Iterator[Check]:
    """What ends soon or has ended: contracts, judgements, exceptions, adequacy decisions."""
    registry = snapshot.registry
    for kind, items in (
        ("agreement", registry.agreements),
        ("sign-off", registry.signoffs),
        ("exception", snapshot.policies.exceptions),
        ("adequacy decision", registry.adequacy),
    ):
        yield from _dates(kind, ((item.id, item.validity) for item in items), at)


def _dates(kind: str, items: Iterable[tuple[str, Validity]], at: datetime) -> Iterator[Check]:
    for name, validity in items:
        end = validity.end
        if end is not None and end <= at + _SOON:
            verb = "ended on" if end <= at else "ends on"
            last = (end - timedelta(microseconds=1)).date()
            yield Check(
                f"{kind} `{name}`", State.NOTE, f"{verb} {last}", "renew it or plan without"
            )


def _log(loaded: Loaded) -> Iterator[Check]:
    log = loaded.project.log if loaded.project else None
    if log is None:
        advice = "name a folder under `log` before calls are sent: without a record none is"
        yield Check("log", State.NOTE, "no folder is named", advice)
        return
    wrong = list(log_problems(log))
    for problem in wrong:
        found = f"{problem.message} ({problem.code} at {problem.span})"
        yield Check("log", State.WRONG, found, problem.help)
    if not wrong:
        yield Check("log", State.FINE, _log_words(log))


def _log_words(log: LogPlace) -> str:
    signed = "not signed" if log.key is None else f"signed with `{log.key}`"
    anchored = "no anchor" if log.anchor is None else f"anchored in `{log.anchor}`"
    return f"`{log.folder}`, {signed}, {anchored}"
