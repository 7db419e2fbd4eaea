"""The command that explains what was asked, to paste into a shell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from policy_router.cli.documents import Chosen, project_above
from policy_router.cli.examples import PROGRAM
from policy_router.cli.requests import FLAGS, SIZES, SWITCHES, Stated


def explain_again(chosen: Chosen, stated: Stated) -> tuple[str, ...]:
    """The words of an `explain` that asks the same of the same documents."""
    facts = stated.facts
    model = [str(facts["model"])] if "model" in facts else []
    return (PROGRAM, "explain", *model, *_documents(chosen), *_facts(stated), *_instants(stated))


def _documents(chosen: Chosen) -> Iterator[str]:
    if chosen.config is not None and chosen.config != project_above(Path.cwd()):
        yield from ("--config", str(chosen.config))
    if chosen.policies:
        yield from ("--policy", ",".join(chosen.policies))
    if chosen.all_routes:
        yield "--all-routes"


def _facts(stated: Stated) -> Iterator[str]:
    facts = stated.facts
    for flag in FLAGS:
        if flag.fact in facts and flag.fact != "model":
            yield from (flag.option, _joined(facts[flag.fact]))
    for key, value in facts.get("labels", {}).items():
        yield from ("--label", f"{key}={value}")
    yield from (option for option in SWITCHES if option[2:] in facts)
    for option, name in SIZES.items():
        if name in facts.get("tokens", {}):
            yield from (option, facts["tokens"][name])
    if stated.file is not None:
        yield from ("--request", stated.file)


def _joined(value: str | Iterable[str]) -> str:
    return value if isinstance(value, str) else ",".join(value)


def _instants(stated: Stated) -> Iterator[str]:
    for option, instant in (("--at", stated.at), ("--known-at", stated.known_at)):
        if instant is not None:
            yield from (option, _written(instant))


def _written(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
