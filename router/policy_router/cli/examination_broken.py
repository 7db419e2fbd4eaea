"""What can be said of a project whose documents must not be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from policy_router.cli.examination import gateway_check, program
from policy_router.cli.failures import summary
from policy_router.domain.diagnostic import Diagnostic
from policy_router.language.document import read_documents
from policy_router.language.nodes import plain_data
from policy_router.report.examination import Check, State
from policy_router.service.pdp import utc_now
from policy_router.store.files import place, read
from policy_router.store.gathering import PROJECT_FILE
from policy_router.store.project import load_project


def examined_broken(config: Path | None, diagnostics: Sequence[Diagnostic]) -> Iterator[Check]:
    """The program, the project file, the documents, and the shipped gateways the project lists.

    `config`: the project file or its folder. Policies, routes and ages are not known.
    """
    yield program()
    file = config / PROJECT_FILE if config is not None and config.is_dir() else config
    if file is not None:
        yield Check("project", State.FINE, f"`{file}`")
    advice = "see `policy-router check`; policies, routes and ages are not known until then"
    yield Check("documents", State.WRONG, summary(diagnostics), advice)
    if file is not None:
        gateways = load_project(today=utc_now().date()).snapshot.registry.gateways
        for name in _listed(file):
            if name in gateways:
                yield gateway_check(gateways[name])


def _listed(file: Path) -> Iterator[str]:
    """The gateways that the project file lists, as far as it can be read."""
    sources, _ = read(place(file))
    for source in sources:
        documents, _ = read_documents(source.name, source.data)
        for document in documents:
            data = plain_data(document.root)
            listed = data.get("gateways") if isinstance(data, dict) else None
            yield from (str(name) for name in (listed if isinstance(listed, list) else []))
