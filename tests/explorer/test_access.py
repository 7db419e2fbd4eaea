"""Nobody gets in but who holds the link, once; and no page may do more than it is for."""

from __future__ import annotations

import re

import pytest

from policy_router.explorer.documents import Documents
from policy_router.explorer.guard import HEADERS, POLICY
from tests.explorer.visiting import (
    DAY,
    HERE,
    PORT,
    Visit,
    documents_of,
    read,
    recorded_project,
    visiting,
)

PAGES = (
    "/",
    f"/?data=health&regime=eu_gdpr&{DAY}",
    f"/?data=personal&reach=within&{DAY}",
    f"/route?id=opper:openai/o4-mini&{DAY}",
    f"/compare?route=opper:openai/o4-mini&route=inhouse:assistant-eu&{DAY}",
    "/log",
    "/log?caller=app",
    "/log/call?id=call-health",
    "/?data=nonsense",
    "/nowhere",
    "/static/explorer.css",
    "/enter?token=x",
)
HIDDEN = ("/", "/route?id=opper:openai/o4-mini", "/compare", "/reason", "/log", "/log/call?id=x")


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    return documents_of(recorded_project(tmp_path_factory.mktemp("project")))


@pytest.fixture
def visit(documents: Documents) -> Visit:
    return visiting(documents)


@pytest.fixture
def stranger(documents: Documents) -> Visit:
    return Visit(documents)


# ---- the link ------------------------------------------------------------------------------------


def test_the_link_lets_in_one_browser_once(stranger: Visit) -> None:
    shown = stranger.ask("GET", f"/enter?token={stranger.access.token}")
    assert shown.status_code == 200
    assert [f.attributes["method"] for f in read(shown.text).of("form")] == ["post"]
    assert stranger.ask("GET", "/").status_code == 403, "looking at the link lets nobody in"
    done = stranger.enter()
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert stranger.ask("GET", "/").status_code == 200
    another = Visit(stranger.documents, stranger.access)
    assert another.enter().status_code == 403
    assert another.ask("GET", f"/enter?token={stranger.access.token}").status_code == 403
    assert another.ask("GET", "/").status_code == 403
    assert stranger.ask("GET", "/").status_code == 200, "who is in stays in"


def test_the_cookie_is_for_this_site_and_no_script(stranger: Visit) -> None:
    said = stranger.enter().headers["set-cookie"]
    name, value = said.split(";")[0].split("=", 1)
    assert name == f"policy-router-ui-{PORT}"
    assert len(value) >= 43
    assert {part.strip().lower() for part in said.split(";")[1:]} == {
        "httponly", "samesite=strict", "path=/"
    }  # fmt: skip
    assert value != stranger.access.token


def test_no_two_runs_have_one_token(documents: Documents) -> None:
    assert len({Visit(documents).access.token for _ in range(20)}) == 20


@pytest.mark.parametrize("token", ["", "x", "é", "0" * 2000])
def test_another_token_lets_nobody_in(stranger: Visit, token: str) -> None:
    done = stranger.ask("POST", "/enter", (("origin", HERE),), {"token": token})
    assert done.status_code in {403, 413}
    assert "set-cookie" not in done.headers
    assert stranger.enter().status_code == 303, "a guess does not spend the token"


@pytest.mark.parametrize("path", HIDDEN)
@pytest.mark.parametrize("cookie", [None, "", "x", 'a"b', "é"])
def test_without_the_cookie_nothing_is_shown(visit: Visit, path: str, cookie: str | None) -> None:
    headers = () if cookie is None else (("cookie", f"policy-router-ui-{PORT}={cookie}"),)
    done = Visit(visit.documents, visit.access).ask("GET", path, headers)
    assert done.status_code == 403
    assert "opper" not in done.text.replace(path, "")


# ---- whose address it is -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", "localhost", "", "[::1]"],
)
@pytest.mark.parametrize("path", ["/", "/enter", "/static/report.css"])
def test_another_name_of_the_address_is_answered_nothing(
    visit: Visit, host: str, path: str
) -> None:
    done = visit.ask("GET", path, (("host", host),))
    assert done.status_code == 421
    assert "<" not in done.text


def test_a_name_said_twice_is_none(visit: Visit) -> None:
    hosts = (("host", f"127.0.0.1:{PORT}"), ("host", "evil.example"))
    assert visit.ask("GET", "/", hosts).status_code == 421


def test_localhost_is_this_machine_too(visit: Visit) -> None:
    assert visit.ask("GET", "/", (("host", f"localhost:{PORT}"),)).status_code == 200


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", f"https://127.0.0.1:{PORT}"]
)
@pytest.mark.parametrize("path", ["/enter", "/log/verify"])
def test_what_another_page_sends_is_refused(
    visit: Visit, stranger: Visit, origin: str | None, path: str
) -> None:
    headers = () if origin is None else (("origin", origin),)
    assert visit.ask("POST", path, headers).status_code == 403
    body = {"token": stranger.access.token}
    assert stranger.ask("POST", "/enter", headers, body).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_page_does_not_lead_here(visit: Visit, site: str) -> None:
    """Another port of this machine is the same site to a browser: its cookie would be sent."""
    assert visit.ask("GET", "/", (("sec-fetch-site", site),)).status_code == 403
    assert visit.ask("GET", "/", (("sec-fetch-site", "same-origin"),)).status_code == 200


# ---- what a page may do --------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_says_what_a_browser_may_do(visit: Visit, path: str) -> None:
    done = visit.ask("GET", path)
    assert {name: done.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none'; ")


@pytest.mark.parametrize("host", ["evil.example", f"127.0.0.1:{PORT}"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_else_is_done_here(visit: Visit, method: str, host: str) -> None:
    done = visit.ask(method, "/", (("host", host),))
    assert done.status_code in {405, 421}
    assert done.headers["content-security-policy"] == POLICY


def test_a_get_changes_nothing(visit: Visit) -> None:
    assert visit.ask("GET", "/log/verify").status_code == 405
    for path in (*PAGES, f"/enter?token={visit.access.token}"):
        before = (visit.access._session, visit.access.token, visit.documents.pdp.snapshot)
        visit.ask("GET", path)
        assert "set-cookie" not in visit.ask("GET", path).headers
        assert before == (
            visit.access._session, visit.access.token, visit.documents.pdp.snapshot
        )  # fmt: skip


@pytest.mark.parametrize("path", [p for p in PAGES if not p.startswith("/static")])
def test_no_page_holds_a_script_or_a_style(visit: Visit, path: str) -> None:
    page = read(visit.ask("GET", path).text)
    assert {s.attributes["src"] for s in page.of("script")} == {"/static/htmx.min.js"}
    assert not page.of("style")
    for element in page.elements:
        named = set(element.attributes)
        assert "style" not in named
        assert not [name for name in named if name.startswith(("on", "hx-on"))]
        assert "[" not in element.attributes.get("hx-trigger", ""), "a filter is a script"


def test_files_are_a_closed_list(visit: Visit) -> None:
    assert visit.ask("GET", "/static/htmx.json").status_code == 404
    assert visit.ask("GET", "/static/..%2f..%2fhtml.py").status_code == 404
    assert visit.ask("GET", "/static/explorer.css").headers["content-type"].startswith("text/css")


def test_a_defect_is_a_page_without_a_word_of_it(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("the secret")

    monkeypatch.setattr(visit.documents, "current", broken)
    done = visit.ask("GET", "/")
    assert done.status_code == 500
    assert "secret" not in done.text
    assert "Traceback" not in done.text
    assert done.headers["content-security-policy"] == POLICY
    assert re.search("RuntimeError: the secret", caplog.text)
