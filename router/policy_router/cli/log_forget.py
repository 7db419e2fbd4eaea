"""`policy-router log forget`: destroy the key of a person's pseudonym."""

from __future__ import annotations

import sys

import click

from policy_router.audit.record import unlinked_record
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.log_folder import log_place, writable
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.terminal import emit
from policy_router.log.subjects import Subjects
from policy_router.service.pdp import utc_now
from policy_router.store.described import LogPlace


@click.command(epilog=examples("log forget -"))
@document_options
@click.argument("person")
def command(chosen: Chosen, person: str) -> int:
    """Destroy the key of PERSON, as callers name them; `-` reads the name from standard input.

    Records with the pseudonym stay, and nobody can tell any more whose they are; the next call gets
    another one. The log records that a key was destroyed, and not whose. Exit code 1 if there was
    none.
    """
    place = log_place(chosen)
    if not subjects_in(place).forget(typed(person)):
        emit(["there is no key of that person"])
        return DENIED
    ledger = writable(place)
    ledger.append(unlinked_record(utc_now()))
    ledger.cover()
    emit(["the key is destroyed: no record can be traced to that person any more by this store"])
    return FINE


def subjects_in(place: LogPlace) -> Subjects:
    """The store of the keys of persons; there must be one."""
    if place.subjects is None:
        raise click.UsageError("the project keeps no pseudonyms: see `subjects` under `log`")
    return Subjects(place.subjects)


def typed(person: str) -> str:
    """What was typed, or a line of standard input, so that it is in no history of a shell."""
    return sys.stdin.readline().rstrip("\n") if person == "-" else person
