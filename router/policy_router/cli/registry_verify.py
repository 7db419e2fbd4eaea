"""`policy-router registry verify`: record that somebody checked a claim."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import click

from policy_router.audit.verification import (
    Checked,
    claim_at_route,
    claim_of_party,
    contracts_speaking,
)
from policy_router.cli.additions import check_document, default_file
from policy_router.cli.documents import Chosen, document_of, document_options
from policy_router.cli.examples import examples
from policy_router.cli.main import FINE
from policy_router.cli.registry_scope import Registered, route_called
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Day, Names
from policy_router.domain.claim import ClaimValue, Members, Moment
from policy_router.domain.diagnostic import Diagnostic, Span
from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES, AttributeKind, attribute
from policy_router.engine.step_words import party_words
from policy_router.language.grammar.contracts import TermsBody
from policy_router.language.suggest import nearest
from policy_router.registry.hops import hops_of
from policy_router.report import phrases, values
from policy_router.report.places import place
from policy_router.report.verification import Finding, document_text
from policy_router.report.visible import escaped
from policy_router.service.pdp import utc_now
from policy_router.store.appending import append_document
from policy_router.store.files import SourceText

_FILE: Final = "verifications.yaml"
_SILENT: Final = "null"
_DOCUMENT: Final = "the verification"
_OPTIONS: Final = {
    "found": "--value",
    "found_at_least": "--value",
    "verified_on": "--on",
    "verified_by": "--by",
    "reference": "--source",
}
"""The option that states what stands under a key of the document."""
_SETS: Final = {AttributeKind.COUNTRIES, AttributeKind.TAGS}


_NO_SOURCE: Final = re.compile(r"[a-z]+|[a-z0-9-]+(?:\.[a-z0-9-]+)+/\S*")
"""One word of small letters names no document, and an address without `https://` no page."""


def _claimed() -> list[str]:
    return [spec.name for spec in CLAIMED_ATTRIBUTES]


@click.command(
    no_args_is_help=True,
    epilog=examples(
        "registry verify opper training --by 'data protection officer' "
        "--source https://docs.opper.ai/overview/security.md --on 2026-11-22",
    ),
)
@click.argument("name")
@click.argument("attribute_name", metavar="ATTRIBUTE")
@document_options
@click.option("--by", required=True, metavar="ROLE", help="who checked it: a role, or a name")
@click.option(
    "--source",
    required=True,
    metavar="URL",
    help="the address of the page that was read, or the number or title of the document",
)
@click.option("--on", "on", required=True, type=Day(), help="the day it was read, as 2026-11-22")
@click.option("--hop", metavar="ID", help="of a route: at which hop (default: the provider)")
@click.option(
    "--value", "value", metavar="VALUE",
    help="what the source says, if not what is claimed; names of a set with commas, or null",
)  # fmt: skip
@click.option("--at-least", is_flag=True, help="of a set: the source names these, perhaps not all")
@click.option("--into", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help=f"file to add the document to (default: {_FILE} in a folder of the project)",
)  # fmt: skip
def command(  # noqa: PLR0913 - an argument for each option
    chosen: Chosen,
    name: str,
    attribute_name: str,
    by: str,
    source: str,
    on: date,
    hop: str | None,
    value: str | None,
    into: Path | None,
    *,
    at_least: bool,
) -> int:
    """Record that somebody read the source of a claim: of a route, a provider or a gateway.

    Writes a document of kind `verification` into the project. Where the source says what the claim
    says, the claim counts as verified from that day on. Where it says something else (`--value`),
    both are kept and the attribute is unknown until that is resolved. Where the claim is that its
    source does not say, there is nothing to check: a contract of yours settles that. The name is
    whoever you say: this program cannot tell who read it.
    """
    seen = _project(chosen)
    if _NO_SOURCE.fullmatch(source):
        advice = "write `https://host/path`, or the number or title of the document"
        raise click.UsageError(f"`{source}` is no source: {advice}")
    file = document_of(seen.pdp, into or default_file(seen.pdp, _FILE, of_facts=True))
    checked = _checked(seen, name, _attribute(attribute_name), hop, on)
    if value is None and checked.others:
        said = f"sources contradict each other about `{attribute_name}` at `{checked.id}`"
        raise click.UsageError(f"{said}: say with `--value` what this one says")
    found = checked.claim.value if value is None else _value(attribute_name, value, opened=at_least)
    if checked.silent and found is not None:
        raise click.UsageError(_nothing_to_raise(seen, checked))
    finding = Finding(checked, found, by, source, on, seen.moment.at.date())
    text = document_text(finding)
    check_document(chosen, text, _DOCUMENT, _at_option)
    append_document(file, text)
    parts = (_said(finding, file), _another_source(finding), _overruled(seen, finding))
    emit(screen().wrapped(" ".join(filter(None, parts))))
    return FINE


def _project(chosen: Chosen) -> Registered:
    if chosen.config is None:
        raise click.UsageError("a verification is a document of a project, and there is none here")
    return Registered(chosen, chosen.opened(), Moment(utc_now()))


def _attribute(name: str) -> str:
    if name not in _claimed():
        meant = nearest(name, _claimed())
        advice = f"; did you mean `{meant}`?" if meant else f"; there are {', '.join(_claimed())}"
        raise click.UsageError(f"nothing claims `{name}`{advice}")
    return name


def _checked(
    seen: Registered, name: str, attribute_name: str, hop: str | None, on: date
) -> Checked:
    """The claim that is meant; misuse if there is none, or if it was read again since."""
    registry = seen.snapshot.registry
    if name in registry.providers or name in registry.gateways:
        found = claim_of_party(registry, name, attribute_name, seen.moment)
        where = name
    else:
        route = route_called(seen, name)
        where = route.provider if hop is None else hop
        if where not in hops_of(registry, route):
            hops = phrases.names(map(escaped, hops_of(registry, route)))
            raise click.UsageError(f"`{where}` is no hop of this route; its hops: {hops}")
        found = claim_at_route(registry, route, where, attribute_name, seen.moment)
    if found is None:
        raise click.UsageError(
            f"nothing is claimed about `{attribute_name}` at `{where}`: a verification raises a "
            "claim, it makes none; record the claim in a document of yours"
        )
    _check_day(found, on, seen.moment.at)
    return found


def _check_day(found: Checked, on: date, now: datetime) -> None:
    if on > now.date():
        raise click.UsageError(f"`{on}` lies in the future")
    if on < found.claim.evidence.read_on:
        read = found.claim.evidence.read_on
        raise click.UsageError(f"the source was read again on {read}, after `{on}`")


def _value(name: str, text: str, *, opened: bool) -> ClaimValue | None:
    """What `--value` writes, as a value of the attribute; the load judges whether it is one."""
    spec = attribute(name)
    if text == _SILENT:
        return None
    if spec is not None and spec.kind in _SETS:
        return Members(frozenset(Names().convert(text, None, None)), open=opened)
    if spec is not None and spec.kind is AttributeKind.RECORD:
        raise click.UsageError(f"`{name}` has several parts: write the document by hand")
    if spec is not None and spec.kind is AttributeKind.NUMBER:
        return _days(text)
    return text


def _days(text: str) -> Decimal:
    if not (text.isascii() and text.isdigit()):
        raise click.UsageError(f"`{text}` is no whole number")
    return Decimal(text)


def _at_option(found: Diagnostic, source: SourceText) -> Diagnostic:
    """A diagnostic of the document, at the option whose value stands in that line."""
    key = source.data.decode().splitlines()[found.span.line - 1].partition(":")[0]
    return replace(found, span=Span(_OPTIONS.get(key, "NAME"), 1, 1))


def _nothing_to_raise(seen: Registered, checked: Checked) -> str:
    """Why a value found where a source is silent is not recorded, and what to do instead."""
    claim = checked.claim
    read = f"its source was read on {claim.evidence.read_on} and does not say ({place(claim.span)})"
    return (
        f"`{claim.attribute}` at {_place(checked)}: {read}. What you found would contradict that, "
        "and the attribute would stay unknown, so nothing is written; what settles it is "
        f"{_settled_by(seen, checked)}"
    )


def _settled_by(seen: Registered, checked: Checked) -> str:
    """The documents of a project that count whatever sources say of an attribute at a hop."""
    name, hop = checked.claim.attribute, checked.hop or checked.id
    own = "a later claim of your own for a route, in a document of `kind: update`"
    if name not in TermsBody.model_fields:
        return own
    party = escaped(party_words(seen.snapshot.registry, hop))
    return (
        f"an agreement with {party}: once you have signed one that states it, record that as "
        f"`kind: agreement` with `{name}` among its `terms`; where only a page says it, {own}"
    )


def _said(finding: Finding, file: Path) -> str:
    attribute_name = finding.checked.claim.attribute
    title = phrases.title_of(attribute_name)
    who = f"recorded in {file.as_posix()}: {title} at {_place(finding.checked)}"
    checked = f"checked by {escaped(finding.by)} on {finding.on}"
    if finding.value == finding.checked.claim.value:
        said = values.said(attribute_name, finding.value)
        return f"{who}, {said}, {checked}; the claim counts as verified from then on."
    claimed = values.said(attribute_name, finding.checked.claim.value)
    found = values.said(attribute_name, finding.value)
    return (
        f"{who}, {checked}: claimed {claimed}, found {found}. Sources contradict each other, so "
        f"what they say is unknown until one of them is corrected."
    )


def _another_source(finding: Finding) -> str:
    """That another page or document was read than the one the claim rests on; nothing if not."""
    theirs = finding.checked.claim.evidence.reference
    if _same_source(finding.reference, theirs):
        return ""
    return (
        f"The claim rests on another source, `{escaped(theirs)}`: what is recorded is that "
        f"`{escaped(finding.reference)}` was read, and not that one."
    )


def _same_source(one: str, other: str) -> bool:
    """Whether two references name one page: a slash at the end and a fragment are no other."""
    first, second = (each.partition("#")[0].rstrip("/") for each in (one, other))
    return first == second


def _place(checked: Checked) -> str:
    """Where the claim stands, and of a route at which hop."""
    where = f"`{escaped(checked.id)}`"
    return where if checked.hop is None else f"hop `{escaped(checked.hop)}` of route {where}"


def _overruled(seen: Registered, finding: Finding) -> str:
    """The contracts that speak of the attribute there, whatever public sources say."""
    said = [
        f"`{escaped(agreement)}` states {values.said(finding.checked.claim.attribute, value)}"
        for agreement, value in contracts_speaking(
            seen.snapshot.registry, finding.checked, seen.moment
        )
    ]
    if not said:
        return ""
    return f"Where an agreement of yours covers a route it counts instead: {'; '.join(said)}."
