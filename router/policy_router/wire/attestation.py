"""What an answer says of who gave it, beside what was decided: borne out, contradicted, or neither.

A name counts as the decided one if it is its address, its model or a dated version of either; as
another if it is that of another model or provider on file. What is neither is on no file here, and
so contradicts nothing: providers name one model in many ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from policy_router.domain.attestation import Attestation, Said, Standing
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route

_VERSION: Final = re.compile(
    r"(?:[-@:](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{6}|\d{4}|\d{3}|\d{2}-\d{2,4}|latest|v\d+(?::\d+)?))+\Z"
)
_LETTERS: Final = re.compile(r"[^a-z0-9]")


def attested(said: Said, route: Route, registry: Registry) -> Attestation:
    """How what an answer `said` stands to the `route` it was to come from."""
    standings = {
        "model": _of_model(said.model, route, registry),
        "provider": _of_provider(said.provider, route, registry),
    }
    contradicts = tuple(n for n, s in standings.items() if s is Standing.CONTRADICTED)
    standing = Standing.CONTRADICTED if contradicts else standings["model"]
    return Attestation(standing, said, contradicts)


def _of_model(said: str | None, route: Route, registry: Registry) -> Standing:
    if said is None:
        return Standing.UNATTESTED
    own = {_plain(route.address), _plain(route.model)}
    if _is_one_of(said, own):
        return Standing.ATTESTED
    others = (n for r in registry.routes.values() for n in (r.address, r.model))
    return _other(known=_is_one_of(said, {_plain(name) for name in others} - own))


def _of_provider(said: str | None, route: Route, registry: Registry) -> Standing:
    """Providers are told by their id, their company or their title, letters and digits alone."""
    if said is None:
        return Standing.UNATTESTED
    named = {p.id: _letters((p.id, p.operator, p.title)) for p in registry.providers.values()}
    own = named.get(route.provider, set())
    (name,) = _letters((said,))
    if name in own:
        return Standing.ATTESTED
    return _other(known=any(name in names for names in named.values()))


def _other(*, known: bool) -> Standing:
    return Standing.CONTRADICTED if known else Standing.UNRECOGNISED


def _is_one_of(said: str, names: set[str]) -> bool:
    plain = _plain(said)
    return plain in names or _undated(plain) in names


def _plain(name: str) -> str:
    """A name without its maker and its folders, in small letters."""
    return name.casefold().rpartition("/")[2]


def _undated(name: str) -> str:
    return _VERSION.sub("", name)


def _letters(names: Iterable[str]) -> set[str]:
    return {_LETTERS.sub("", name.casefold()) for name in names}
