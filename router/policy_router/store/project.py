"""A project with everything it names, read and checked: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from policy_router.domain.detection import Detection
from policy_router.domain.diagnostic import Diagnostic, DocumentErrors, Severity, Span
from policy_router.domain.organisation import Approver, Caller, Enforcement, Scenario, Suite
from policy_router.domain.snapshot import Snapshot
from policy_router.language.catalogue import Catalogue, catalogue
from policy_router.language.draft import Draft
from policy_router.language.grammar.policies import PolicyBody
from policy_router.language.grammar.projects import ProjectBody
from policy_router.language.mistakes import problem, warning
from policy_router.language.objections import without_idle
from policy_router.language.parsing import Reading, parse
from policy_router.language.projects import approvers_of, detection_of, enforcement_of
from policy_router.language.resolve import ARGUMENTS, Resolved, Resolver
from policy_router.registry.build import build_registry
from policy_router.store.files import SourceText
from policy_router.store.garbage import uncollected
from policy_router.store.gathering import Gathered, Pile, gather


class LoadErrors(DocumentErrors):
    """Documents that must not be used.

    `sources`: text of the files concerned, by name; `files`: names of all that are the user's.
    """

    def __init__(
        self,
        diagnostics: tuple[Diagnostic, ...],
        sources: Mapping[str, str],
        files: tuple[str, ...] = (),
    ) -> None:
        super().__init__(diagnostics)
        self.sources = sources
        self.files = files


@dataclass(frozen=True, slots=True)
class Project:
    """What a project file says of itself.

    `documents`: the files and folders it names; `log`: where decisions are logged, if anywhere.
    """

    id: str
    title: str | None
    file: Path
    gateways: tuple[str, ...]
    approvers: tuple[Approver, ...]
    documents: tuple[Path, ...]
    log: Path | None
    enforcement: Enforcement
    detection: Detection


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything that was read. `diagnostics`: warnings; `sources`: text they are about.

    `files`: names of the files that are the user's; the shipped ones are not among them.
    """

    snapshot: Snapshot
    project: Project | None
    callers: Mapping[str, Caller]
    scenarios: Mapping[str, Scenario]
    suites: tuple[Suite, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    files: tuple[str, ...]


@uncollected()
def load_project(  # noqa: PLR0913 - each says another thing, and all but the day have a default
    path: Path | None = None,
    *,
    today: date,
    packs: tuple[str, ...] = (),
    all_routes: bool = False,
    shipped: bool = True,
    extra: tuple[Path, ...] = (),
    instead: SourceText | None = None,
    root: Path | None = None,
) -> Loaded:
    """Everything that the project at `path` (its file or folder) names, and what is shipped.

    `packs` are put in force besides those of the project; without a project they are all there
    is, and every gateway counts as reachable, as it does with `all_routes`. `shipped` False
    leaves out the shipped gateways, providers, models and routes. `extra`: further files and
    folders of documents. `instead`: a file that is read as if it held other bytes, to see what
    writing them would do. `root`: a folder with the `data` of another release, to be read in
    place of what is shipped. `today`: the UTC day after which nothing can have been recorded.

    Raises `LoadErrors` with every problem of every file.
    """
    gathered = gather(path, shipped=shipped, extra=extra, today=today, instead=instead, root=root)
    problems = gathered.pile.problems
    reading = parse(gathered.pile.documents)
    documents, clashes = catalogue(reading, gathered.known)
    registry, wrong = build_registry(documents, today)
    problems += (*reading.diagnostics, *clashes, *wrong)
    project = _project(gathered, reading, documents, today)
    unread = project is None and gathered.project_file is not None
    resolver = Resolver(documents, project, packs, today, problems, all_routes, unread)
    resolved = resolver.resolve()
    if project is not None and not resolver.unclear:
        problems += _idle(gathered, documents, resolved)
    described = None if project is None else _described(project)
    if path is None and not packs and not extra:
        problems.append(warning("PRJ415", "no policy is in force", ARGUMENTS, _NAME_A_PACK))
    diagnostics = sound(gathered.pile)
    return Loaded(
        snapshot=Snapshot(resolved.policies, registry),
        project=described,
        callers=MappingProxyType(dict(resolved.callers)),
        scenarios=MappingProxyType(dict(resolved.scenarios)),
        suites=resolved.suites,
        diagnostics=diagnostics,
        sources=gathered.pile.texts(),
        files=tuple(gathered.pile.files),
    )


def sound(pile: Pile) -> tuple[Diagnostic, ...]:
    """The warnings about what was read; raises `LoadErrors` if there is an error among them."""
    found = without_idle(set(pile.problems))
    diagnostics = tuple(sorted(found, key=Diagnostic.sort_key))
    if any(d.severity is Severity.ERROR for d in diagnostics):
        raise LoadErrors(diagnostics, pile.texts(), tuple(pile.files))
    return diagnostics


def _project(
    gathered: Gathered, reading: Reading, documents: Catalogue, today: date
) -> Draft[ProjectBody] | None:
    """The one project of the project file; any other is an error."""
    file, problems = gathered.project_file, gathered.pile.problems
    here = [h for h in reading.headers if h.kind == "project" and h.span.file == file]
    if file is not None and not here:
        message = f"`{file}` holds no document of kind `project`"
        problems.append(problem("PRJ410", message, Span(file, 1, 1, 1)))
    for header in reading.headers:
        if header.kind == "project" and header not in here[:1]:
            message = f"`{header.id}` is one project too many"
            problems.append(problem("PRJ410", message, header.span))
    for parsed in documents.of(ProjectBody):
        if here and parsed.span == here[0].span:
            return Draft(parsed, documents, today, problems)
    return None


def _idle(gathered: Gathered, documents: Catalogue, resolved: Resolved) -> list[Diagnostic]:
    """Warnings of policies among the project's own that it does not put in force."""
    in_force = {policy.id for policy in resolved.policies.policies}
    return [
        warning("PRJ413", f"policy `{policy.id}` is not in force", policy.span, _NAME_IT)
        for policy in documents.of(PolicyBody)
        if policy.id not in in_force and policy.span.file in gathered.own
    ]


_NAME_A_PACK = "every request is denied: name a project, or packs such as `gdpr`"
_NAME_IT = "name it under `packs` of the project, or delete it"


def _described(draft: Draft[ProjectBody]) -> Project:
    body, file = draft.body, Path(draft.parsed.span.file)
    return Project(
        id=body.id,
        title=body.title,
        file=file,
        gateways=body.gateways,
        approvers=approvers_of(body),
        documents=tuple(file.parent / relative for relative in body.documents),
        log=None if body.log is None else file.parent / body.log.file,
        enforcement=enforcement_of(draft),
        detection=detection_of(draft.body),
    )
