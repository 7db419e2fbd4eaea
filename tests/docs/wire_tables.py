"""The tables of the page about wire formats, written from what the code reads calls with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_router.wire.classification import Api, Classified, Standing
from policy_router.wire.classified_apis import CLASSIFIED
from policy_router.wire.headers import BETAS
from policy_router.wire.inert import PINNED_MODEL
from policy_router.wire.operation import Operation
from policy_router.wire.operations import SUPPORTED
from policy_router.wire.served import SERVED
from policy_router.wire.shapes import Never
from tests.pep.places import Place, places

_BODIES = list({id(o.body): o for o in reversed(SUPPORTED)}.values())[::-1]
"""The operations whose bodies differ: one of each."""


def tables() -> dict[str, str]:
    """Every table of the page, by the name of its place there."""
    return {
        "operations": "\n".join(_operations()),
        "gateways": "\n".join(_gateways()),
        "classified": "\n".join(_classified()),
        "inert": "\n\n".join(_listed(operation, denied=False) for operation in _BODIES),
        "denied": "\n\n".join(_listed(operation, denied=True) for operation in _BODIES),
        "betas": "\n".join(_betas()),
    }


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _head(*cells: str) -> Iterator[str]:
    yield _row(*cells)
    yield "|" + "---|" * len(cells)


def _code(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _operations() -> Iterator[str]:
    yield from _head("operation", "fact `endpoint`", "dialect", "model", "streams", "said for you")
    for operation in SUPPORTED:
        streams = "always" if operation.streams else "`stream`"
        if not operation.streams and "stream" not in operation.body.fields:
            streams = "no"
        yield _row(
            f"`POST {operation.path}`",
            f"`{operation.endpoint}`",
            operation.dialect.value,
            "in the path" if operation.model_in_path else "`model`",
            streams,
            _code(f"{n}: {str(v).lower()}" for n, v in operation.says.items()) or "nothing",
        )


def _gateways() -> Iterator[str]:
    yield from _head("type of gateway", "operations, below its base URL")
    for kind, served in SERVED.items():
        yield _row(f"`{kind.value}`", _code(served.values()))


def _classified() -> Iterator[str]:
    for api in Api:
        yield f"### {api.value}\n"
        yield from _head("operations", "standing", "code", "why")
        lines = [c for c in CLASSIFIED if c.api is api]
        for ground in dict.fromkeys(c.ground for c in lines):
            paths = _code(_spelled(c) for c in lines if c.ground is ground)
            code = "" if ground.standing is Standing.SUPPORTED else f"`{ground.code.value}`"
            yield _row(paths, ground.standing.value, code, ground.why)
        yield ""


def _spelled(line: Classified) -> str:
    method = f"{line.method} " if line.method else ""
    return f"{method}{line.path}{'' if line.exact else '/...'}"


def _by_why(operation: Operation, *, denied: bool) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for place in places(operation.body):
        why = _why(place, denied=denied)
        if why and place.path not in said.setdefault(why, []):
            said[why].append(place.path)
    return said


def _why(place: Place, *, denied: bool) -> str | None:
    if not denied:
        return place.why_inert if place.leaf is not PINNED_MODEL else None
    danger = place.leaf if isinstance(place.leaf, Never) else getattr(place.leaf, "otherwise", None)
    return f"`{danger.code.value}`: {danger.why}" if isinstance(danger, Never) else None


def _listed(operation: Operation, *, denied: bool) -> str:
    rows = _head("why", "places")
    said = _by_why(operation, denied=denied)
    body = (_row(why, _code(sorted(paths))) for why, paths in sorted(said.items()))
    alike = (f"`{o.path}`" for o in SUPPORTED if o.body is operation.body)
    return "\n".join((f"### {' and '.join(alike)}\n", *rows, *body))


def _betas() -> Iterator[str]:
    yield from _head("beta", "why it may be switched on")
    for beta, why in BETAS.items():
        yield _row(f"`{beta}`", why)
