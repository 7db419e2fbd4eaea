"""From the texts of a load to what they say: every document read, and every mistake reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.domain.policy import PolicySet
from policy_router.domain.registry import Registry
from policy_router.domain.route import CONTEXT_WINDOW, MAX_OUTPUT_TOKENS
from policy_router.domain.snapshot import Snapshot
from policy_router.language.catalogue import NOTHING_KNOWN, Catalogue, Known, catalogue
from policy_router.language.document import read_documents
from policy_router.language.draft import Draft
from policy_router.language.grammar.policies import PolicyBody
from policy_router.language.grammar.projects import LogBody, ProjectBody
from policy_router.language.mistakes import problem, warning
from policy_router.language.nodes import Document
from policy_router.language.objections import without_idle
from policy_router.language.parsing import Reading, parse
from policy_router.language.projects import (
    approvers_of,
    detection_of,
    enforcement_of,
    serving_of,
)
from policy_router.language.resolve import ARGUMENTS, Resolved, Resolver
from policy_router.registry.build import build_registry, fingerprints
from policy_router.store.described import LogPlace, Project
from policy_router.store.files import SourceText
from policy_router.store.gathering import Asked, Gathered, Pile
from policy_router.store.project import LoadErrors
from policy_router.store.shipped_facts import Facts


def documents_of(sources: Iterable[SourceText], problems: list[Diagnostic]) -> list[Document]:
    """The documents in texts; what is wrong with them goes to `problems`."""
    found: list[Document] = []
    for source in sources:
        documents, wrong = read_documents(source.name, source.data)
        problems += wrong
        found += documents
    return found


def registry_alone(sources: Iterable[SourceText], today: date) -> Facts | None:
    """What the documents of a registry say together; None if anything is wrong with them."""
    problems: list[Diagnostic] = []
    reading = parse(documents_of(sources, problems))
    entries, clashes = catalogue(reading)
    registry, wrong = build_registry(entries, today)
    if problems or reading.diagnostics or clashes or wrong:
        return None
    return Facts(registry, fingerprints(entries))


def made(
    gathered: Gathered, asked: Asked, facts: Facts | None
) -> tuple[Snapshot, Project | None, Resolved]:
    """What all texts of a load say; every mistake is added to the problems of its pile.

    `facts`: what the shipped registry says, if that is known without reading it again. With an
    error among the problems what is returned must not be used.
    """
    known = NOTHING_KNOWN if facts is None else Known(facts.registry, facts.fingerprints)
    pile, problems, today = gathered.pile, gathered.pile.problems, asked.today
    unread = pile.registry if facts is None else []
    reading = parse(documents_of((*pile.sources, *unread), problems))
    documents, clashes = catalogue(reading, known)
    registry, wrong = build_registry(documents, today)
    problems += (*reading.diagnostics, *clashes, *wrong)
    project = _project(gathered, reading, documents, today)
    absent = project is None and gathered.project_file is not None
    resolver = Resolver(documents, project, asked.packs, today, problems, asked.all_routes, absent)
    resolved = resolver.resolve()
    if project is not None and not resolver.unclear:
        problems += _idle(gathered, documents, resolved)
    problems += _unsized(gathered, registry)
    if not any(d.severity is Severity.ERROR for d in problems):
        problems += _outgrown(resolved.policies)
    if asked.nothing:
        problems.append(warning("PRJ415", "no policy is in force", ARGUMENTS, _NAME_A_PACK))
    described = None if project is None else _described(project)
    return Snapshot(resolved.policies, registry), described, resolved


def sound(pile: Pile) -> tuple[Diagnostic, ...]:
    """The warnings about what was read; raises `LoadErrors` if there is an error among them."""
    found = without_idle(set(pile.problems))
    diagnostics = tuple(sorted(found, key=Diagnostic.sort_key))
    if any(d.severity is Severity.ERROR for d in diagnostics):
        raise LoadErrors(diagnostics, pile.texts(diagnostics), tuple(pile.files))
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


def _unsized(gathered: Gathered, registry: Registry) -> Iterator[Diagnostic]:
    """Warnings of the project's own routes that no call is known to fit."""
    own = frozenset(gathered.own)
    for route in registry.routes.values():
        card = route.offered or registry.models.get(route.model)
        missing = () if card is None else card.unstated_limits
        if missing and route.span.file in own:
            said = " and no ".join(f"`{name}`" for name in missing)
            message = f"{_CALLS[missing[0]]} to `{route.id}` will be refused as `unsuitable`: "
            message += f"the card of `{route.model}` states no {said}"
            yield warning("REG315", message, route.span, _STATE_LIMITS)


def _outgrown(policies: PolicySet) -> Iterator[Diagnostic]:
    """Warnings of exceptions with which a better claim may stop what a worse one lets pass."""
    accepting = [exception for exception in policies.exceptions if exception.accepts]
    if not accepting:
        return
    from policy_router.engine.outgrown import outgrown  # noqa: PLC0415 - slow, and rarely needed

    rules = {(policy.id, rule.id): rule for policy in policies.policies for rule in policy.rules}
    for exception in accepting:
        for name, better in outgrown(exception, rules[exception.policy, exception.rule]):
            accepted = dict(exception.accepts)[name]
            message = (
                f"exception `{exception.id}` accepts `{name}` {' or '.join(accepted)}, and not "
                f"{' or '.join(better)}, which is better: with it, rule `{exception.policy}/"
                f"{exception.rule}` may stop what it lets pass now"
            )
            every = ", ".join((*better, *accepted))
            advice = f"if that is not meant, accept it as well: `{name}: [{every}]`"
            yield warning("POL227", message, exception.span, advice)


_CALLS = {
    CONTEXT_WINDOW: "every call",
    MAX_OUTPUT_TOKENS: "a call that bounds the length of its answer",
}
_STATE_LIMITS = "state them in the document of the model, or in an `update`"
_NAME_A_PACK = "every request is denied: name a project, or packs such as `gdpr`"
_LOG = ("folder", "key", "anchor", "anchor_git", "otel", "subjects")
_NAME_IT = "name it under `packs` of the project, or delete it"


def _log_place(draft: Draft[ProjectBody], body: LogBody, folder: Path) -> LogPlace:
    fields = [name for name in _LOG if getattr(body, name) is not None]
    return LogPlace(
        folder / body.folder,
        None if body.key is None else folder / body.key,
        None if body.anchor is None else folder / body.anchor,
        body.keep_days,
        None if body.anchor_git is None else _remote(body.anchor_git, folder),
        body.otel,
        None if body.subjects is None else folder / body.subjects,
        body.checkpoint_minutes,
        tuple((name, draft.parsed.at("log", name)) for name in fields),
    )


def _remote(said: str, folder: Path) -> str:
    """A repository as git takes it: what has no colon before its first slash is a path."""
    return said if ":" in said.partition("/")[0] else str(folder / said)


def _described(draft: Draft[ProjectBody]) -> Project:
    body, file = draft.body, Path(draft.parsed.span.file)
    return Project(
        id=body.id,
        title=body.title,
        file=file,
        gateways=body.gateways,
        approvers=approvers_of(body),
        documents=tuple(file.parent / relative for relative in body.documents),
        log=None if body.log is None else _log_place(draft, body.log, file.parent),
        enforcement=enforcement_of(draft),
        detection=detection_of(body),
        serving=serving_of(body),
    )
