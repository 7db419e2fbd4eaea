"""`policy-router caller key`: a new key for a caller that is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from policy_router.cli.additions import loaded_with
from policy_router.cli.caller_add import key_lines, opened_project
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.main import FINE
from policy_router.cli.terminal import emit
from policy_router.domain.organisation import Caller
from policy_router.enforcement.callers import key_hash, new_key
from policy_router.language.document import read_documents
from policy_router.language.nodes import Document, key_span, plain_data, value_span
from policy_router.language.suggest import did_you_mean
from policy_router.service.pdp import PDP
from policy_router.store.files import SourceText
from policy_router.store.project import LoadErrors
from policy_router.store.writing import replaced

_FIELD = "key_sha256"


@click.command(epilog=examples("caller key first-app", "caller key first-app --replace"))
@document_options
@click.argument("name")
@click.option(
    "--replace", "replaces", is_flag=True, help="although it has one, which lets nobody in then"
)
def command(chosen: Chosen, name: str, *, replaces: bool) -> int:
    """Make a key for the caller NAME, write its hash into the caller's document, print it once.

    The rest of the file stays as it is. It is only written if the project then says of its callers
    what it said before, but for this key.
    """
    pdp = opened_project(chosen)
    caller = _caller(pdp, name)
    if caller.key_sha256 is not None and not replaces:
        raise click.UsageError(f"caller `{name}` has a key: say `--replace` to make it void")
    file, key = Path(caller.span.file), new_key()
    new = _with_hash(file.read_bytes(), caller, key_hash(key))
    _check(chosen, pdp, SourceText(caller.span.file, file.resolve(), new), caller, key_hash(key))
    replaced(file, new, file.stat().st_mode & 0o777)
    emit(key_lines(f"its hash is in {file.as_posix()}; the new key of caller `{name}`", key))
    return FINE


def _caller(pdp: PDP, name: str) -> Caller:
    callers = pdp.loaded.callers
    if name not in callers:
        advice = did_you_mean(name, callers) or f"`policy-router caller add {name}` adds it"
        raise click.UsageError(f"no caller is called `{name}`: {advice}")
    return callers[name]


def _with_hash(data: bytes, caller: Caller, digest: str) -> bytes:
    """The text of a file with the hash in the document of `caller`: in its place, or below `id`."""
    documents, _ = read_documents(caller.span.file, data)
    document = next(d for d in documents if _describes(d, caller.id))
    lines = data.decode("utf-8").splitlines(keepends=True)
    if _FIELD in document.root.entries:
        place = value_span(document, (_FIELD,))
        line = lines[place.line - 1]
        lines[place.line - 1] = (
            f'{line[: place.column - 1]}"{digest}"{line[place.end_column - 1 :]}'
        )
    else:
        place = key_span(document, ("id",))
        lines.insert(place.line, f'{" " * (place.column - 1)}{_FIELD}: "{digest}"\n')
    return "".join(lines).encode()


def _describes(document: Document, name: str) -> bool:
    data = plain_data(document.root)
    return isinstance(data, dict) and (data.get("kind"), data.get("id")) == ("caller", name)


def _check(chosen: Chosen, pdp: PDP, new: SourceText, caller: Caller, digest: str) -> None:
    """That the project says with the new text what it should; misuse if it does not."""
    wanted = {**pdp.loaded.callers, caller.id: replace(caller, key_sha256=digest)}
    try:
        found = loaded_with(chosen, new)
    except LoadErrors:
        said = None
    else:
        said = {name: replace(c, span=wanted[name].span) for name, c in found.callers.items()}
    if said != wanted:
        raise click.UsageError(
            f"nothing was written: `{new.name}` is laid out so that a line cannot be added; "
            f"write each key of caller `{caller.id}` on a line of its own"
        )
