"""Documents that a command adds to a project: in which file, and whether it loads with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from policy_router.cli.documents import Chosen, folder_of_facts
from policy_router.domain.diagnostic import Diagnostic
from policy_router.service.pdp import PDP, utc_now
from policy_router.store.files import SourceText
from policy_router.store.project import Loaded, LoadErrors, load_project


def default_file(pdp: PDP, name: str, *, of_facts: bool = False) -> Path:
    """The file `name` in the first folder of the project's documents; misuse if there is none.

    `of_facts`: in the one where the project keeps what is known of routes.
    """
    project = pdp.loaded.project
    folders = [p for p in project.documents if p.is_dir()] if project is not None else []
    folder = folder_of_facts(folders) if of_facts else next(iter(folders), None)
    if folder is None:
        raise click.UsageError("the project names no folder of documents: say `--into FILE`")
    return folder / name


def loaded_with(chosen: Chosen, source: SourceText) -> Loaded:
    """The project with one more text, or another one in a file's place; raises `LoadErrors`."""
    today = utc_now().date()
    return load_project(chosen.config, packs=chosen.policies, today=today, instead=source)


def check_document(
    chosen: Chosen, text: str, title: str, at_option: Callable[[Diagnostic, SourceText], Diagnostic]
) -> None:
    """Load the project with the document; raises `LoadErrors` if it must not be used then.

    What is wrong with the document, called `title`, is said of the options it was made of.
    """
    source = SourceText(title, Path(title), text.encode())
    try:
        loaded_with(chosen, source)
    except LoadErrors as errors:
        ours = tuple(at_option(d, source) for d in errors.diagnostics if d.span.file == title)
        raise LoadErrors(ours or errors.diagnostics, errors.sources, errors.files) from None
