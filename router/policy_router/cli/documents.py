"""The options that say which documents are in force, and reading them."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from policy_router.cli.values import Names
from policy_router.report.phrases import counted
from policy_router.service.pdp import PDP, utc_now
from policy_router.store.cache import Cache, users_cache
from policy_router.store.files import is_document_of
from policy_router.store.gathering import PROJECT_FILE
from policy_router.store.project import load_project
from policy_router.store.shipped import shipped_root

_DATA: Final = "data"
_POLICIES: Final = "policies"
_HELP: Final = (
    "no project: there is no `policy-router.yaml` here or in a folder above; name a file with "
    "--config, or shipped packs with --policy gdpr, or write a project with `policy-router init`"
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which documents a command works with. `config`: the project file, if there is one."""

    config: Path | None
    policies: tuple[str, ...]
    all_routes: bool

    @property
    def folder(self) -> Path:
        """The folder of the project; the current one without a project."""
        if self.config is None:
            return Path()
        return self.config if self.config.is_dir() else self.config.parent

    def must_name_something(self, others: tuple[Path, ...] = ()) -> None:
        """Refuse to work where there is no project, no policy and nothing in `others`."""
        if self.config is None and not self.policies and not others:
            raise click.UsageError(_HELP, click.get_current_context(silent=True))

    def opened(self) -> PDP:
        """The documents, read and checked; raises `DocumentErrors` if anything is wrong."""
        return self._opened(None)

    def shown(self) -> PDP:
        """The same for a command that only shows: what they say may come from the user's cache."""
        return self._opened(users_cache(os.environ))

    def _opened(self, cache: Cache | None) -> PDP:
        self.must_name_something()
        today = utc_now().date()
        read = functools.partial(
            load_project,
            self.config,
            today=today,
            packs=self.policies,
            all_routes=self.all_routes,
            cache=cache,
        )
        pdp = PDP(read)
        if pdp.loaded.diagnostics:
            warnings = counted(len(pdp.loaded.diagnostics), "warning")
            click.echo(f"note: {warnings} in the documents: see `policy-router check`", err=True)
        return pdp

    def or_packs(self, *packs: str) -> Chosen:
        """The same, with shipped `packs` where there is neither a project nor a policy."""
        if self.config is None and not self.policies:
            return Chosen(None, packs, self.all_routes)
        return self


def document_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add `--config`, `--policy` and `--all-routes`; the command gets them as one `Chosen`."""

    @functools.wraps(command)
    def run(**options: Any) -> int:  # noqa: ANN401 - what click parsed
        config: Path | None = options.pop("config")
        policies = tuple(name for names in options.pop("policies") for name in names)
        found = config if config is not None else project_above(Path.cwd())
        chosen = Chosen(found, policies, options.pop("all_routes"))
        return command(chosen=chosen, **options)

    for decorate in reversed(_decorators()):
        run = decorate(run)
    return run


def _decorators() -> list[Callable[..., Any]]:
    return [
        click.option(
            "--config",
            metavar="FILE",
            type=click.Path(exists=True, path_type=Path),
            help=f"project file or its folder (default: {PROJECT_FILE} here or above)",
        ),
        click.option(
            "--policy",
            "policies",
            metavar="IDS",
            type=Names(pack_ids),
            multiple=True,
            help="packs in force besides those of the project",
        ),
        click.option(
            "--all-routes", is_flag=True, help="also routes through gateways you do not have"
        ),
    ]


def document_of(pdp: PDP, file: Path) -> Path:
    """The file, if the project reads it or would: what is written elsewhere counts nowhere."""
    project = pdp.loaded.project
    named = project.documents if project is not None else ()
    if not any(is_document_of(place, file) for place in named):
        raise click.UsageError(f"`{file}` is not among the documents of the project")
    return file


def folder_of_facts(folders: Iterable[Path]) -> Path | None:
    """Where a project keeps what is known of routes: in `data`, else anywhere but in `policies`."""
    ranks = {_DATA: 0, _POLICIES: 2}
    return min(folders, key=lambda folder: ranks.get(folder.name, 1), default=None)


def project_above(folder: Path) -> Path | None:
    """The nearest project file in `folder` or above it, as a path from `folder`."""
    for above in (folder, *folder.parents):
        if (above / PROJECT_FILE).is_file():
            return Path(os.path.relpath(above / PROJECT_FILE, folder))
    return None


def pack_ids() -> Iterable[str]:
    """The ids of the shipped packs, which are the names of their folders."""
    return sorted(file.parent.name for file in shipped_root().glob("policies/*/policy.yaml"))
