"""The pages about requests: which routes remain, one reason, one route, routes side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from policy_router.audit.explored import Explored, Refusal
from policy_router.audit.matrix import Standing
from policy_router.audit.sheet import sheet
from policy_router.domain.diagnostic import DocumentErrors
from policy_router.explorer.asking import Asked, asked, looked_up
from policy_router.explorer.choice import (
    BadChoice,
    Choice,
    Pairs,
    choice_about,
    choice_of,
    single,
)
from policy_router.explorer.documents import Documents, InForce
from policy_router.report.citations import Citations
from policy_router.report.compare import described
from policy_router.report.explorer.html import page
from policy_router.report.statement import caveats, statement
from policy_router.report.unsized import unsized_line

T = TypeVar("T")

PAGE: Final = 25
"""So many routes are told at once."""
MOST_COMPARED: Final = 6
MOST_EXAMPLES: Final = 3
"""For so many reasons, those of most routes, an example is told at once."""

_PLACES: Final = frozenset(("permitted", "page", "key", "id", "route"))
_REPLACE: Final = "hx-replace-url"


class NotFound(Exception):
    """What a page is asked about and is not there; `str` names it."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages about requests, made from documents."""

    documents: Documents

    def explore(self, request: Request) -> Response:
        """Which routes remain for what is chosen, and why the others went."""
        in_force, pairs = self.documents.current(), request.query_params.multi_items()
        try:
            choice = choice_of(pairs, _PLACES)
            found = asked(self.documents.pdp, _or_start(choice, pairs, in_force), in_force)
        except (BadChoice, DocumentErrors) as error:
            return html("explore.html", _wrong(in_force, pairs, error), 422)
        content = _answer(found, in_force, tuple(pairs))
        headers = {_REPLACE: found.choice.address("/")} if "hx-request" in request.headers else {}
        return html("explore.html", content, headers=headers)

    def reason(self, request: Request) -> Response:
        """The routes that went for one reason, some at a time."""
        found, in_force = self._asked(request)
        pairs = tuple(request.query_params.multi_items())
        refusal = _refusal(found.explored(in_force.routes(found.choice)), single(pairs, "key"))
        shown, pager = paged(refusal.routes, single(pairs, "page"))
        told = found.told(shown)
        more = {"refusal": refusal, "told": told, "looked": looked_up(told), "pager": pager}
        return html("reason.html", _common(in_force, found.choice, found) | more)

    def route(self, request: Request) -> Response:
        """One route: every rule and claim, and what would permit it."""
        found, in_force = self._asked(request)
        name = _known(found, single(tuple(request.query_params.multi_items()), "id"))
        told = found.told((name,))
        decision = found.on_route(name)
        explanation = decision.explain()
        own = next((r for r in explanation.routes if r.route == name), None)
        more = {
            "each": told.classes[0],
            "reasoning": told.classes[0].reasonings[0],
            "looked": looked_up(told),
            "told": told,
            "own": own,
            "rests": (statement(explanation, meets=decision.permitted), *caveats(explanation)),
            "registered": decision.snapshot.registry.routes[name],
        }
        return html("route.html", _common(in_force, found.choice, found) | more)

    def compare(self, request: Request) -> Response:
        """Routes side by side: what each may carry and why, and what is recorded of each."""
        found, in_force = self._asked(request)
        names = tuple(dict.fromkeys(request.query_params.getlist("route")))
        for name in names[: MOST_COMPARED + 1]:
            _known(found, name)
        if not 1 <= len(names) <= MOST_COMPARED:
            raise BadChoice(f"choose up to {MOST_COMPARED} routes to compare, with the boxes")
        told = found.told(names)
        routes = found.decision.snapshot.registry.routes
        sheets = [
            sheet(found.decision.snapshot, routes[n].model, (routes[n],), found.moment)
            for n in names
        ]
        more = {
            "names": names,
            "class_of": {r.id: each for each in told.classes for r in each.routes},
            "told": told,
            "looked": looked_up(told),
            "sections": described(sheets),
            "citations": Citations(),
        }
        return html("compare.html", _common(in_force, found.choice, found) | more)

    def _asked(self, request: Request) -> tuple[Asked, InForce]:
        in_force = self.documents.current()
        choice = choice_of(request.query_params.multi_items(), _PLACES)
        return asked(self.documents.pdp, choice, in_force), in_force


def html(
    template: str,
    content: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page as a response."""
    return Response(page(template, **content), status, headers, "text/html")


def _or_start(choice: Choice, pairs: Sequence[object], in_force: InForce) -> Choice:
    """The choice; where nothing at all is said, what is shown first."""
    start = in_force.start()
    return choice if pairs or start is None else choice_about(start.request, choice)


def _common(in_force: InForce, choice: Choice, found: Asked | None) -> dict[str, Any]:
    """What every page about a request shows."""
    project = in_force.loaded.project
    return {
        "project": project.title or project.id if project else None,
        "logged": project is not None and project.log is not None,
        "notice": in_force.notice,
        "choice": choice,
        "found": found,
        "in_force": in_force,
        "snapshot": in_force.loaded.snapshot,
    }


def _answer(found: Asked, in_force: InForce, pairs: Pairs) -> dict[str, Any]:
    """Everything that the first page shows."""
    routes = in_force.routes(found.choice)
    answer = found.explored(routes)
    shown, pager = paged(answer.permitted, single(pairs, "permitted"))
    at_once = sum(len(refusal.routes) for refusal in answer.refusals) <= PAGE
    told = found.told((*shown, *_told_of(answer, at_once=at_once)))
    return {
        **_common(in_force, found.choice, found),
        "problems": (),
        "answer": answer,
        "counts": {s: answer.count(s) for s in Standing},
        "within": _within(found, in_force, routes),
        "unsized": unsized_line(found.decision.snapshot.registry, answer.permitted),
        "shown": shown,
        "pager": pager,
        "at_once": at_once,
        "examples": MOST_EXAMPLES,
        "told": told,
        "looked": looked_up(told),
        "scenarios": _scenarios(in_force, found.choice),
        "Standing": Standing,
    }


def _told_of(answer: Explored, *, at_once: bool) -> Iterator[str]:
    """The routes that went and are told of at once: all, else one for each of the first reasons.

    Of the others it is told when somebody asks: a search for steps takes its time.
    """
    if not at_once:
        yield from (refusal.routes[0] for refusal in answer.refusals[:MOST_EXAMPLES])
        return
    for refusal in answer.refusals:
        yield from refusal.routes


def _within(found: Asked, in_force: InForce, routes: tuple[str, ...]) -> dict[Standing, int] | None:
    """How many of all routes within reach may carry it, where fewer are looked at."""
    if set(routes) >= set(in_force.within):
        return None
    every = found.explored(in_force.within)
    return {s: every.count(s) for s in Standing}


def _scenarios(in_force: InForce, choice: Choice) -> list[tuple[str, str, bool]]:
    """The scenarios to start from: title, address, and whether it is what is chosen."""
    about = [(s.title, choice_about(s.request, choice)) for s in in_force.scenarios]
    return [(title, c.address("/"), c.stated == choice.stated) for title, c in about]


def _wrong(in_force: InForce, pairs: Any, error: Exception) -> dict[str, Any]:  # noqa: ANN401 - as typed
    """The first page, where what is typed is no question."""
    if isinstance(error, DocumentErrors):
        problems = [(d.span.file, d.message, d.help) for d in error.diagnostics]
    else:
        problems = [("the request", str(error), None)]
    choice = _as_typed(pairs)
    scenarios = _scenarios(in_force, choice)
    return {**_common(in_force, choice, None), "problems": problems, "scenarios": scenarios}


def _as_typed(pairs: Any) -> Choice:  # noqa: ANN401 - as typed
    """What is typed, to be put right; nothing of what is no choice at all."""
    try:
        return choice_of(pairs, _PLACES)
    except BadChoice:
        return Choice()


def _refusal(answer: Explored, key: str) -> Refusal:
    for refusal in answer.refusals:
        if refusal.key == key:
            return refusal
    raise NotFound("no route is refused for this reason any more")


def _known(found: Asked, name: str) -> str:
    if name not in found.decision.snapshot.registry.routes:
        raise NotFound(f"no route is called `{name}`")
    return name


@dataclass(frozen=True, slots=True)
class Pager:
    """Where in a list one is. Numbers count from 1; `of`: how many there are in all."""

    page: int
    pages: int
    first: int
    last: int
    of: int


def paged(items: tuple[T, ...], number: str) -> tuple[tuple[T, ...], Pager]:
    """The items of a page, the last one if there are not so many; raises `BadChoice`."""
    if number and not (number.isascii() and number.isdigit() and len(number) < PAGE):
        raise BadChoice(f"`{number}` is no number of a page")
    pages = max(1, -(-len(items) // PAGE))
    page_number = min(max(1, int(number or 1)), pages)
    begin = (page_number - 1) * PAGE
    shown = items[begin : begin + PAGE]
    return shown, Pager(page_number, pages, begin + 1, begin + len(shown), len(items))
