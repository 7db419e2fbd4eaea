"""`policy-router caller add`: let somebody in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from policy_router.cli.additions import check_document, default_file
from policy_router.cli.documents import Chosen, document_of, document_options
from policy_router.cli.examples import examples
from policy_router.cli.main import FINE
from policy_router.cli.terminal import emit
from policy_router.cli.values import Names
from policy_router.domain.diagnostic import Diagnostic, Span
from policy_router.domain.vocabulary import FACTS
from policy_router.enforcement.callers import key_hash, new_key
from policy_router.language.document import read_documents
from policy_router.language.nodes import value_span
from policy_router.language.writing import Plain, yaml_text
from policy_router.service.pdp import PDP
from policy_router.store.appending import append_document
from policy_router.store.files import SourceText

_FILE: Final = "callers.yaml"
_DOCUMENT: Final = "the new document"
_NAME: Final = "NAME"
_FACTS: Final = ("data", "regime", "purpose", "tenant", "environment")
_OPTIONS: Final[Mapping[tuple[str, ...], str]] = {
    ("id",): _NAME,
    **{("facts", fact): f"--{fact}" for fact in _FACTS},
    ("may_declare",): "--may-declare",
}
"""What each value of the document was made of."""
_HEADING: Final = "Written by `policy-router caller add`; the key itself is kept nowhere."


@click.command(
    epilog=examples(
        "caller add support-bot --data personal --regime eu_gdpr --tenant retail",
        "caller add website --data non_personal --may-declare purpose",
    )
)
@document_options
@click.argument("name")
@click.option(
    "--data",
    type=Names(lambda: sorted(FACTS["data"].values)),
    help="categories of data that every call of it counts as",
)
@click.option(
    "--regime",
    type=Names(lambda: sorted(FACTS["regime"].values)),
    help="laws on data protection that every call of it is under",
)
@click.option("--purpose", help="what its calls are for")
@click.option("--tenant", help="whom it calls for")
@click.option("--environment", help="where it runs, such as production")
@click.option("--may-declare", type=Names(), help="facts that its own word settles")
@click.option(
    "--into",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"file to add the document to (default: {_FILE} in a folder of the project)",
)
def command(chosen: Chosen, name: str, into: Path | None, **stated: Any) -> int:  # noqa: ANN401 - what click parsed
    """Write the document of the caller NAME and print its key, once.

    The document holds the hash of the key. What is not stated of its calls is not known, and what
    is not known never helps. The document is only written if the project loads with it.
    """
    pdp = opened_project(chosen)
    _check_new(name, pdp)
    file = document_of(pdp, into or default_file(pdp, _FILE))
    key = new_key()
    text = yaml_text([_described(name, key, stated)], _HEADING)
    check_document(chosen, text, _DOCUMENT, _at_option)
    append_document(file, text)
    emit(key_lines(f"caller `{name}` added to {file.as_posix()}; its key", key))
    return FINE


def opened_project(chosen: Chosen) -> PDP:
    """The project whose callers are meant; misuse if there is none."""
    if chosen.config is None:
        raise click.UsageError("a caller is a document of a project, and there is none here")
    return chosen.opened()


def key_lines(what: str, key: str) -> list[str]:
    """What was done, and the key, which is shown nowhere else."""
    return [
        f"{what}, which is shown this once:",
        "",
        f"  {key}",
        "",
        "Give it to the SDK as `api_key`, with the sidecar's address as `base_url`.",
    ]


def _check_new(name: str, pdp: PDP) -> None:
    found = pdp.loaded.callers.get(name)
    if found is not None:
        replacing = " --replace" if found.key_sha256 else ""
        raise click.UsageError(
            f"caller `{name}` is there already, in `{found.span.file}`: "
            f"`policy-router caller key {name}{replacing}` makes a new key for it"
        )


def _described(name: str, key: str, stated: Mapping[str, Any]) -> dict[str, Plain]:
    may_declare = stated["may_declare"]
    facts = {fact: said for fact, said in stated.items() if said and fact != "may_declare"}
    document: dict[str, Plain] = {
        "kind": "caller",
        "id": name,
        "language": "1",
        "key_sha256": key_hash(key),
        "facts": facts,
    }
    return {**document, "may_declare": may_declare} if may_declare else document


def _at_option(found: Diagnostic, source: SourceText) -> Diagnostic:
    """A diagnostic of the document, at the option whose value stands there."""
    (document,), _ = read_documents(source.name, source.data)
    starts = ((_start(value_span(document, path)), option) for path, option in _OPTIONS.items())
    place = _start(found.span)
    option = max((each for each in starts if each[0] <= place), default=(place, _NAME))[1]
    return replace(found, span=Span(option, 1, 1), related=())


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column
