"""What may go where, three requests decided and explained, and two calls of an app.

`make demo` runs it. It needs no key and no network: what would go to a gateway goes to a stand-in
on this machine. Everything is decided as of one instant, so that it always says the same.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx2
import uvicorn
from fastapi_app.app import create_app
from local_upstream import EverythingTo, Upstream, local_upstream

from policy_router import PDP, Decision, Explanation, Request, load
from policy_router.audit.gaps import gaps
from policy_router.audit.in_use import routes_first
from policy_router.audit.matrix import matrix
from policy_router.audit.record import Kind
from policy_router.audit.severity import mildest_first
from policy_router.cli.scope import own_of
from policy_router.cli.terminal import emit, screen
from policy_router.domain.claim import Moment
from policy_router.engine.explanation import RuleExplanation, Shortfall
from policy_router.engine.nearness import nearest
from policy_router.log.ledger import Ledger
from policy_router.log.reading import records_in
from policy_router.report import phrases, reasons
from policy_router.report.alternatives import instead_lines
from policy_router.report.decisions import decision_lines, head_lines
from policy_router.report.first_screen import (
    first_rows,
    granted_note,
    need_columns,
    need_rows,
    note,
)
from policy_router.report.gaps import briefly
from policy_router.report.screen import Screen
from policy_router.report.steps import change_words
from policy_router.report.tables import table

AT: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORGANISATION: Final = Path(__file__).parent / "organisation"
O4_MINI: Final = "openai/o4-mini"
AT_OPPER: Final = f"opper:{O4_MINI}"
MOST_REASONS: Final = 3
LETTER_WRITERS_KEY: Final = "example-key-of-the-letter-writer"  # printed in its README
NOTES: Final = "Mrs. Example, blood pressure 150/95, next appointment Tuesday"


@dataclass(frozen=True, slots=True)
class Row:
    """One request: whose it is, what is asked in plain words, and its facts.

    `stated`: the same as a command line states it.
    """

    organisation: str
    question: str
    facts: Request

    @property
    def stated(self) -> str:
        """The facts as options of a command, to ask the same on the command line."""
        said = ((field.name, getattr(self.facts, field.name)) for field in fields(self.facts))
        told = {name: value for name, value in said if value and name != "model"}
        joined = {n: v if isinstance(v, str) else ",".join(v) for n, v in told.items()}
        options = " ".join(f"--{n.replace('_', '-')} {v}" for n, v in joined.items())
        return (
            f"{self.facts.model} {WHOSE[self.organisation]} {options} --at {AT:%Y-%m-%dT%H:%M:%SZ}"
        )


NOBODY: Final = "an organisation with a key for Opper that has signed nothing"
EXAMPLE: Final = "Example GmbH, which has contracts and assessments on file (fictional)"
PROJECT: Final = "--config examples/organisation/policy-router.yaml"
WHOSE: Final = {NOBODY: "--policy gdpr", EXAMPLE: PROJECT}
"""Which documents are in force for whom, as a command line says it."""
HEALTH: Final = {
    "data": ["health"],
    "regime": ["eu_gdpr"],
    "purpose": "patient-letters",
    "lawful_basis": "A6-1-b",
    "special_condition": "A9-2-h",
}
ROWS: Final = (
    Row(
        NOBODY,
        "May O4 Mini answer a customer's mail, under the GDPR?",
        Request(model=AT_OPPER, data=["personal"], regime=["eu_gdpr"]),
    ),
    Row(
        EXAMPLE,
        "May O4 Mini answer a customer's mail, under the GDPR?",
        Request(model=O4_MINI, data=["personal"], regime=["eu_gdpr"]),
    ),
    Row(
        EXAMPLE,
        "May O4 Mini draft a letter to a patient from a doctor's notes?",
        Request(model=O4_MINI, **HEALTH),  # type: ignore[arg-type]
    ),
)


def main() -> None:
    """Print the demo."""
    shown = screen()
    emit(_opening(shown))
    without, example = load(packs=["gdpr"], clock=_then), load(project=ORGANISATION, clock=_then)
    emit(_heading("1. What may Example GmbH send where, and what is missing?", shown))
    emit(_routes_in_use(example, shown))
    for number, row in enumerate(ROWS, start=2):
        pdp = without if row.organisation == NOBODY else example
        emit([*_heading(f"{number}. {row.question}", shown), *_row(row, pdp, shown)])
    emit(_heading("5. The same policies inside an app", shown))
    emit(_calls(example, shown))
    emit(_closing(shown))


def _then() -> datetime:
    return AT


def _opening(shown: Screen) -> Iterator[str]:
    yield shown.bold("policy-router: which route may carry a request to a language model, and why")
    yield ""
    yield from shown.wrapped(
        "Example GmbH, a fictional company, has two gateways: Opper, and a model on its own "
        "servers. The policy in force is the shipped pack `gdpr`. What is known of the routes was "
        "read on 22 and 23 November 2026 on the pages of the companies; nobody has verified it. "
        "Decided as of 22 November, 12:00 UTC."
    )


def _heading(text: str, shown: Screen) -> list[str]:
    return ["", shown.line * min(shown.width, 100), shown.bold(text), ""]


# ---- routes in use ------------------------------------------------------------------------------


def _routes_in_use(pdp: PDP, shown: Screen) -> Iterator[str]:
    snapshot, moment = pdp.snapshot, Moment(AT)
    first = routes_first(snapshot, own_of(ORGANISATION, pdp, AT.date()))
    scenarios = mildest_first(pdp.loaded.scenarios.values())
    yield from shown.wrapped(note(first))
    yield from shown.wrapped(
        "Each column is a kind of request that was described before (a scenario). What is not "
        "known is refused too, until a document settles it."
    )
    yield ""
    found = matrix(snapshot, scenarios, first.routes, moment)
    yield from table(*first_rows(found, first), shown)
    yield from shown.wrapped(granted_note(found, first))
    yield ""
    yield shown.bold("The shortest list of documents to sign or check before more may go there")
    missing = gaps(snapshot, scenarios, first.routes, moment)
    yield from table(need_columns(first), need_rows(missing, first, briefly(missing)), shown)


# ---- decisions ----------------------------------------------------------------------------------


def _row(row: Row, pdp: PDP, shown: Screen) -> Iterator[str]:
    decision = pdp.decide(row.facts)
    explanation = decision.explain()
    yield from shown.wrapped(row.organisation, "For: ")
    if decision.permitted:
        yield from decision_lines(decision, explanation, shown)
    else:
        yield from _refusal(decision, explanation, shown)


def _refusal(decision: Decision, explanation: Explanation, shown: Screen) -> Iterator[str]:
    yield from head_lines(decision, shown)
    route = nearest(explanation.nearest)
    if route is None:
        return
    yield ""
    yield shown.bold("Why not")
    for number, rule in enumerate(reasons.blocking(route)[:MOST_REASONS], start=1):
        yield from _reason(number, rule, shown)
    yield ""
    yield shown.bold("What would change it, all of it together")
    yield from shown.listed(map(change_words, next(iter(route.remedies), ())))
    yield ""
    yield shown.bold("What instead")
    yield from instead_lines(decision, explanation.alternatives, shown)
    if not explanation.alternatives:
        count = len(decision.snapshot.registry.routes)
        yield f"  nothing: none of the {count:,} routes on file may carry it"


def _reason(number: int, rule: RuleExplanation, shown: Screen) -> Iterator[str]:
    verdict = phrases.verdict(rule.verdict.verdict)
    yield from shown.wrapped(f"{reasons.title(rule)}: {verdict}", f"  {number}. ")
    yield from shown.wrapped(f"{reasons.source_of(rule)}; {reasons.place_of(rule)}", "     ")
    if not any(_backed(shortfall) for shortfall in rule.shortfalls):
        yield from shown.wrapped(reasons.found_words(rule), "     ")
        return
    for shortfall in rule.shortfalls:
        title = phrases.title_of(shortfall.subject)
        wanted = phrases.demand(shortfall.subject, shortfall.demanded)
        yield from shown.wrapped(f"{title}: wanted {wanted}; found", "     ")
        for said in _backed(shortfall):
            yield from shown.wrapped(said, f"     {shown.bullet} ")


def _backed(shortfall: Shortfall) -> list[str]:
    """What is claimed at each hop on some evidence, and on which."""
    backed = [claim for claim in shortfall.hops if claim.evidence or claim.agreement]
    return [reasons.hop(claim, shortfall.subject) for claim in backed]


# ---- calls --------------------------------------------------------------------------------------


def _calls(pdp: PDP, shown: Screen) -> Iterator[str]:
    # keys of gateways are read when a call is sent; the stand-in takes any
    os.environ |= {"OPPER_API_KEY": "none", "INHOUSE_LLM_KEY": "none"}
    with TemporaryDirectory() as folder, local_upstream() as upstream:
        log = Path(folder) / "log"
        app = create_app(pdp, Ledger(log), EverythingTo(upstream))
        with _served(app) as address:
            yield from shown.wrapped(
                "A FastAPI app of Example GmbH drafts letters to patients with OpenAI's own SDK "
                "(examples/fastapi_app/app.py). Its caller is known by its key, and so are the "
                "facts of its calls: health data, for patient letters. The gateways are a stand-in "
                "on this machine that counts what reaches it."
            )
            for model in (O4_MINI, "example-gmbh/assistant"):
                yield ""
                yield from _call(address, model, upstream, shown)
        yield ""
        yield from _recorded(log, shown)


def _call(address: str, model: str, upstream: Upstream, shown: Screen) -> Iterator[str]:
    before = len(upstream.calls)
    answer = httpx2.post(
        f"{address}/letters",
        json={"notes": NOTES, "model": model},
        headers={"Authorization": f"Bearer {LETTER_WRITERS_KEY}"},
    )
    said = answer.json()
    yield shown.bold(f"The app asks `{model}`: HTTP {answer.status_code}")
    text = said["letter"] if answer.is_success else said["refused"]["message"]
    yield from shown.wrapped(text, "  ")
    reached = upstream.calls[before:]
    yield f"  calls that reached a gateway: {len(reached)}"
    for host, body in reached:
        sent = f"model `{body['model']}`, store {str(body.get('store')).lower()}"
        yield f"  sent to {host}: {sent}"


def _recorded(log: Path, shown: Screen) -> Iterator[str]:
    records = [record for record in records_in(log) if record["kind"] == Kind.DECISION]
    yield shown.bold(
        f"Recorded before anything was sent: {phrases.counted(len(records), 'decision')}"
    )
    for record in records:
        yield from shown.wrapped(_record(record), f"  {shown.bullet} ")
    written = "".join(file.read_text("utf-8") for file in log.iterdir() if file.is_file())
    words = "no words of the notes" if NOTES not in written else "THE NOTES"
    yield f"  In the log: facts, verdicts and digests; {words}, no key."


def _record(record: dict[str, Any]) -> str:
    decision = record["decision"]
    outcome = f"{phrases.outcome(decision['outcome'])} ({decision['reason'] or decision['route']})"
    return f"caller `{record['caller']}`, model `{decision['requested']}`: {outcome}"


@contextmanager
def _served(app: Any) -> Iterator[str]:  # noqa: ANN401 - any ASGI app
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


# ---- next ---------------------------------------------------------------------------------------


def _closing(shown: Screen) -> Iterator[str]:
    yield from _heading("Try next", shown)
    here = Path(sys.prefix)
    command = f"{here.name}/bin/policy-router" if here.parent == Path.cwd() else "policy-router"
    at = f"{PROJECT} --at {AT:%Y-%m-%dT%H:%M:%SZ}"
    mail, _, letter = ROWS
    for what, line in (
        ("Section 1 for every kind of request, and which rule is in the way", f"audit {at}"),
        ("What the documents that are missing there must say", f"gaps {at}"),
        ("Section 2, rule by rule with all evidence", f"explain {mail.stated}"),
        ("Section 4 on one screen", f"why {letter.stated}"),
        ("A project of your own", "init my-project --example"),
    ):
        yield f"  {shown.dim(what)}"
        yield f"    {command} {line}"
    yield ""
    yield "Permitted means: meets these policies on these facts. Not legal advice."


if __name__ == "__main__":
    main()
