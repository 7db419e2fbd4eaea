"""Checked documents as everything that decides, besides the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from policy_router.domain.diagnostic import Diagnostic, Span
from policy_router.domain.organisation import Approver, Caller, PackRef, Scenario, Suite
from policy_router.domain.policy import Policy, PolicyException, PolicySet
from policy_router.language.aliases import aliases_of, check_names
from policy_router.language.canonical import canonical, canonical_value, digest
from policy_router.language.catalogue import Catalogue
from policy_router.language.draft import Draft
from policy_router.language.grammar.body import DocumentBody
from policy_router.language.grammar.policies import AliasBody, ExceptionBody, PolicyBody
from policy_router.language.grammar.projects import (
    CallerBody,
    ProjectBody,
    ScenarioBody,
    SuiteBody,
)
from policy_router.language.mistakes import problem, warning
from policy_router.language.parsing import B, Parsed
from policy_router.language.people import caller_of, scenario_of, suite_of
from policy_router.language.policies import policy_of
from policy_router.language.projects import (
    approvable,
    approvers_of,
    check_project,
    check_scenarios,
    gateways_of,
    packs_of,
    preferences_of,
    rates_of,
    substitutions_of,
)
from policy_router.language.suggest import did_you_mean
from policy_router.language.text import quoted
from policy_router.language.waivers import exception_of

T = TypeVar("T")

ARGUMENTS = Span("arguments", 0, 0)
"""The place of what the program that loads says, not a document."""

_PEOPLE = ("alias", "caller", "scenario")
_DECIDING_KEYS = ("prefer", "substitution", "approvers", "rates")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the documents of a load say, besides the registry."""

    policies: PolicySet
    callers: Mapping[str, Caller]
    scenarios: Mapping[str, Scenario]
    suites: tuple[Suite, ...]


@dataclass(frozen=True, slots=True)
class Resolver:
    """One resolution: what is read, what is asked for, and what was found wrong.

    `packs`: policies to put in force besides those of the project. `all_routes`: whether routes
    behind gateways that the project does not list count as reachable. `unread`: there is a
    project, but it is not sound, so that what depends on it is not judged.
    """

    catalogue: Catalogue
    project: Draft[ProjectBody] | None
    packs: tuple[str, ...]
    today: date
    problems: list[Diagnostic]
    all_routes: bool = False
    unread: bool = False

    def resolve(self) -> Resolved:
        """Everything, with every problem added to `problems`."""
        policies = {p.id: p for p in self._each(PolicyBody, policy_of)}
        in_force = self._in_force(policies)
        self._judge_rests()
        scenarios = {s.id: s for s in self._each(ScenarioBody, scenario_of)}
        return Resolved(
            policies=self._policy_set(in_force),
            callers={c.id: c for c in self._each(CallerBody, caller_of)},
            scenarios={name: scenarios[name] for name in self._listed(scenarios)},
            suites=self.suites(),
        )

    @property
    def unclear(self) -> bool:
        """Whether it is not known which policies are meant to be in force."""
        return self.unread or not all(self.catalogue.has(p, "policy") for p in self._named())

    def _named(self) -> set[str]:
        """The policies that are meant to be in force, sound or not."""
        return {*self.packs, *(pack.id for pack in self._project_packs())}

    def _project_packs(self) -> tuple[PackRef, ...]:
        return () if self.project is None else packs_of(self.project)

    def suites(self) -> tuple[Suite, ...]:
        """The suites alone."""
        for draft in self._drafts_of(self.catalogue.rests_of(SuiteBody)):
            suite_of(draft)
        return tuple(self._each(SuiteBody, suite_of))

    def _drafts(self, shape: type[B]) -> Iterator[Draft[B]]:
        return self._drafts_of(self.catalogue.of(shape))

    def _drafts_of(self, documents: tuple[Parsed[B], ...]) -> Iterator[Draft[B]]:
        for parsed in documents:
            yield Draft(parsed, self.catalogue, self.today, self.problems)

    def _judge_rests(self) -> None:
        """Report what else is wrong in documents that are not sound."""
        approvers = self._approvers()
        for policy in self._drafts_of(self.catalogue.rests_of(PolicyBody)):
            policy_of(policy)
        for exception in self._drafts_of(self.catalogue.rests_of(ExceptionBody)):
            exception_of(exception, approvers)
        for caller in self._drafts_of(self.catalogue.rests_of(CallerBody)):
            caller_of(caller)
        for alias in self._drafts_of(self.catalogue.rests_of(AliasBody)):
            check_names(alias)
        for project in self._drafts_of(self.catalogue.rests_of(ProjectBody)):
            check_project(project)
            for pack in packs_of(project):
                self._check_pack(pack, None)

    def _each(self, shape: type[B], build: Callable[[Draft[B]], T]) -> Iterable[T]:
        return [build(draft) for draft in self._drafts(shape)]

    def _policy_set(self, in_force: dict[str, Policy]) -> PolicySet:
        project = self.project
        gateways = None if project is None else gateways_of(project)
        reachable = None if self.all_routes else gateways
        return PolicySet(
            policies=tuple(policy for _, policy in sorted(in_force.items())),
            exceptions=tuple(self._exceptions(in_force)),
            aliases=aliases_of({draft.body.id: draft for draft in self._drafts(AliasBody)}),
            gateways=reachable,
            prefer=() if project is None else preferences_of(project),
            substitutions=() if project is None else substitutions_of(project),
            rates=() if project is None else rates_of(project),
            may_approve=None if project is None else approvable(project.body),
            digest=self._digest(in_force, reachable),
        )

    # ------------------------------------------------------------------------------- in force

    def _in_force(self, policies: dict[str, Policy]) -> dict[str, Policy]:
        """The policies that the project or the packs name."""
        asked = [PackRef(name, None, ARGUMENTS) for name in self.packs]
        asked += self._project_packs()
        for pack in asked:
            self._check_pack(pack, policies.get(pack.id))
        names = {pack.id for pack in asked}
        return {name: policy for name, policy in policies.items() if name in names}

    def _check_pack(self, pack: PackRef, policy: Policy | None) -> None:
        if not self.catalogue.has(pack.id, "policy"):
            advice = did_you_mean(pack.id, self.catalogue.ids("policy"))
            message = f"unknown pack {quoted(pack.id)}"
            self.problems.append(problem("PRJ403", message, pack.span, advice))
        elif policy is not None and pack.version not in (None, policy.version):
            message = f"pack `{pack.id}` has version {policy.version}, not {pack.version}"
            advice = "read what changed, then name the new version"
            self.problems.append(problem("PRJ404", message, pack.span, advice))

    def _exceptions(self, in_force: dict[str, Policy]) -> Iterator[PolicyException]:
        approvers = self._approvers()
        for draft in self._drafts(ExceptionBody):
            exception = exception_of(draft, approvers)
            if exception.policy in in_force:
                yield exception
            elif self._idle(exception):
                message = f"policy `{exception.policy}` is not in force"
                span = draft.parsed.at("policy")
                self.problems.append(warning("POL226", message, span))

    def _idle(self, exception: PolicyException) -> bool:
        """Whether the policy it is about is known, and known not to be meant to be in force."""
        known = self.catalogue.has(exception.policy, "policy") and not self.unclear
        return known and exception.policy not in self._named()

    def _approvers(self) -> tuple[Approver, ...] | None:
        """Who may approve exceptions; None where that cannot be known."""
        if self.project is not None:
            return approvers_of(self.project.body)
        return None if self.unread else ()

    def _listed(self, scenarios: dict[str, Scenario]) -> list[str]:
        """The scenarios the project chose, in its order; all, if it chose none."""
        if self.project is None or self.project.body.scenarios is None:
            return sorted(scenarios)
        check_scenarios(self.project)
        return [name for name in self.project.body.scenarios if name in scenarios]

    # --------------------------------------------------------------------------------- digest

    def _digest(self, in_force: dict[str, Policy], reachable: frozenset[str] | None) -> str:
        return digest([*self._deciding(in_force), self._project_text(in_force, reachable)])

    def _deciding(self, in_force: dict[str, Policy]) -> Iterator[str]:
        documents = self.catalogue.documents
        return (canonical(d) for d in documents if _decides(d, in_force))

    def _project_text(self, in_force: dict[str, Policy], reachable: frozenset[str] | None) -> str:
        data = {} if self.project is None else self.project.parsed.data
        return canonical_value(
            {
                "packs": sorted(in_force),
                "gateways": None if reachable is None else sorted(reachable),
                **{key: data.get(key) for key in _DECIDING_KEYS},
            }
        )


def _decides(document: Parsed[DocumentBody], in_force: dict[str, Policy]) -> bool:
    body = document.body
    if isinstance(body, PolicyBody):
        return body.id in in_force
    if isinstance(body, ExceptionBody):
        return body.policy in in_force
    return document.kind in _PEOPLE
