"""Visits to the explorer without a browser: requests as one would send them, and pages read."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import httpx

from policy_router import PDP, load
from policy_router.audit.record import Attempt, Finding, Occasion, record_of
from policy_router.cli.scope import own_of
from policy_router.enforcement.gate import gate_for
from policy_router.enforcement.kinds import decided
from policy_router.explorer.access import Access
from policy_router.explorer.app import application
from policy_router.explorer.documents import Documents
from policy_router.service.pdp import utc_now
from policy_router.service.request import Request
from tests.cli.reported import Page
from tests.cli.running import AT
from tests.house.tree import ROOT

PORT = 8790
HERE = f"http://127.0.0.1:{PORT}"
ORGANISATION = ROOT / "examples/organisation"
DAY = "at=2026-11-22"
"""Its noon is the instant of the tests of other commands."""

Sent = tuple[tuple[str, str], ...]


@dataclass
class Visit:
    """Somebody who visits the explorer of a project. `cookies`: what the browser would send.

    `former`: public keys that the log was signed with before.
    """

    documents: Documents
    access: Access = field(default_factory=lambda: Access(PORT))
    cookies: dict[str, str] = field(default_factory=dict)
    former: tuple[str, ...] = ()

    def ask(
        self, method: str, path: str, headers: Sent = (), body: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send a request as it is, and follow nothing."""
        return asyncio.run(self._asked(method, path, headers, body))

    async def _asked(
        self, method: str, path: str, headers: Sent, body: dict[str, str] | None
    ) -> httpx.Response:
        app = application(self.documents, self.access, self.former)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            client.cookies.update(self.cookies)
            sent = [(name.encode(), value.encode("latin-1")) for name, value in headers]
            return await client.request(method, path, headers=sent, data=body)

    def enter(self) -> httpx.Response:
        """Let oneself in, and keep the cookie."""
        done = self.ask("POST", "/enter", (("origin", HERE),), {"token": self.access.token})
        self.cookies.update(done.cookies)
        return done

    def page(self, path: str, status: int = 200) -> Page:
        """A page, read strictly."""
        done = self.ask("GET", path)
        assert done.status_code == status, done.text
        return read(done.text)


def read(text: str) -> Page:
    """A page of the explorer, read strictly: nothing in it runs, and every end tag fits."""
    page = Page()
    page.feed(text)
    page.close()
    assert page._open == []
    return page


def documents_of(folder: Path = ORGANISATION, packs: tuple[str, ...] = ()) -> Documents:
    """The documents of a project, or of packs without one, as of the day of the tests."""

    def clock() -> datetime:
        return datetime.fromisoformat(AT)

    pdp: PDP = load(project=None if packs else folder, packs=packs, clock=clock)
    return Documents(pdp, partial(own_of, folder))


def visiting(documents: Documents) -> Visit:
    """Somebody who was let in."""
    visit = Visit(documents)
    assert visit.enter().status_code == 303
    return visit


def recorded_project(folder: Path) -> Path:
    """The example organisation in a folder of its own, where two calls were decided."""
    copy = folder / "organisation"
    shutil.copytree(ORGANISATION, copy)
    pdp = load(project=copy)
    log = gate_for("sidecar", pdp).log
    for data in ("non_personal", "health"):
        request = Request(model="openai/o4-mini", data=[data], regime=["eu_gdpr"])
        decision = pdp.decide(request, at=datetime.fromisoformat(AT))
        finding = Finding(decided(decision), None, Attempt(route=decision.determination.route))
        log.append(record_of(Occasion(f"call-{data}", utc_now(), "sidecar", "app", 2), finding))
    return copy
