"""The two sides of a comparison: projects, releases, policies, revisions of git."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import click

from policy_router.cli.documents import Chosen, pack_ids
from policy_router.domain.policy import PolicySet
from policy_router.domain.snapshot import Snapshot
from policy_router.language.canonical import digest
from policy_router.service.pdp import utc_now
from policy_router.store.cache import users_cache
from policy_router.store.files import SourceText
from policy_router.store.gathering import PROJECT_FILE
from policy_router.store.naming import policies_in
from policy_router.store.project import Loaded, load_project
from policy_router.store.revisions import exported
from policy_router.store.shipped import shipped_root

_SHIPPED: Final = "shipped"
_REGISTRY: Final = Path("data/territories")
_PACKS: Final = "policies/*/policy.yaml"


class _Side(NamedTuple):
    """What a name leads to. `is_project`: whether that is a project, with policies of its own."""

    loaded: Loaded
    is_project: bool


@dataclass(frozen=True, slots=True)
class Sides:
    """How a side is read. `chosen`: the documents in force; `policies`: a side may be some."""

    chosen: Chosen
    policies: bool = False

    def loaded(self, name: str) -> Loaded:
        """One side alone; misuse if the name leads nowhere."""
        return self._side(name).loaded

    def pair(self, old: str, new: str) -> tuple[Loaded, Loaded]:
        """Two sides to compare; misuse if a name leads nowhere.

        Beside a project, `shipped` is without what that project has on file, so that this is what
        differs; the policies, the scenarios and the gateways within reach are the project's.
        """
        before, after = self._side(old), self._side(new)
        if old == _SHIPPED and after.is_project:
            return self._shipped_beside(after.loaded), after.loaded
        if new == _SHIPPED and before.is_project:
            return before.loaded, self._shipped_beside(before.loaded)
        return before.loaded, after.loaded

    def _shipped_beside(self, project: Loaded) -> Loaded:
        registry = self._load(None, packs=()).snapshot.registry
        policies = project.snapshot.policies
        if self.policies:
            policies = _packs_alone(policies)
        return replace(project, snapshot=Snapshot(policies, registry), texts=None)

    def _side(self, name: str) -> _Side:
        if name == _SHIPPED:
            return _Side(self._load(self.chosen.config), is_project=False)
        if Path(name).exists():
            return self._from(Path(name), name)
        with TemporaryDirectory(prefix="policy-router-") as folder:
            if not exported(name, self.chosen.folder, Path(folder)):
                message = f"`{name}` is no folder and no revision of git; {self._help}"
                raise click.UsageError(message)
            return self._from(Path(folder), name)

    @property
    def _help(self) -> str:
        also = "a policy, " if self.policies else ""
        return (
            f"name a project, {also}a folder with `{_REGISTRY}` in it, a revision of git, or "
            f"`{_SHIPPED}`"
        )

    def _from(self, where: Path, name: str) -> _Side:
        if where.is_dir() and (where / PROJECT_FILE).is_file():
            return _Side(self._load(where), is_project=True)
        if (where / _REGISTRY).is_dir():
            own_packs = self.policies and any(where.glob(_PACKS))
            packs_root = where if own_packs else None
            release = self._load(self.chosen.config, root=where, packs_root=packs_root)
            return _Side(release, is_project=False)
        found = policies_in(where) if self.policies else {}
        if found:
            return _Side(self._with_policies(where, found), is_project=False)
        if where.is_file():
            return _Side(self._load(where), is_project=True)
        raise click.UsageError(f"`{name}` holds {self._nothing}; {self._help}")

    @property
    def _nothing(self) -> str:
        return "no policy, project or registry" if self.policies else "no project and no registry"

    def _with_policies(self, where: Path, found: Mapping[str, SourceText]) -> Loaded:
        """The documents in force and these policies, in place of one of the same name."""
        packs = (*self.chosen.policies, *found)
        if where.is_file() and len(found) == 1:
            ((policy, source),) = found.items()
            stands = self._stands(policy)
            if stands is not None:
                instead = SourceText(source.name, stands, source.data)
                return self._load(self.chosen.config, packs=packs, instead=instead)
        return self._load(self.chosen.config, packs=packs, extra=(where,))

    def _stands(self, policy: str) -> Path | None:
        """The file of a policy that is shipped or in force; None if there is none."""
        if policy in set(pack_ids()):
            return (shipped_root() / "policies" / policy / "policy.yaml").resolve()
        if self.chosen.config is None:
            return None
        inside = self._load(self.chosen.config).snapshot.policies.policies
        return next((Path(p.span.file).resolve() for p in inside if p.id == policy), None)

    def _load(  # noqa: PLR0913 - what a load can be told
        self,
        project: Path | None,
        *,
        packs: tuple[str, ...] | None = None,
        root: Path | None = None,
        packs_root: Path | None = None,
        extra: tuple[Path, ...] = (),
        instead: SourceText | None = None,
    ) -> Loaded:
        return load_project(
            project,
            packs=self.chosen.policies if packs is None else packs,
            all_routes=self.chosen.all_routes,
            today=utc_now().date(),
            root=root,
            packs_root=packs_root,
            extra=extra,
            instead=instead,
            cache=users_cache(os.environ),
        )


def _packs_alone(policies: PolicySet) -> PolicySet:
    """The same without policies and exceptions that are the project's own."""
    shipped = set(pack_ids())
    packs = tuple(policy for policy in policies.policies if policy.id in shipped)
    if packs == policies.policies and not policies.exceptions:
        return policies
    name = digest([policies.digest, *(pack.id for pack in packs)])
    return replace(policies, policies=packs, exceptions=(), digest=name)
