"""The explorer in a browser: live, by keyboard, without complaint, and nothing hostile runs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.explorer.browser import Browser, browsing, installed
from tests.explorer.hostile_project import hostile_project
from tests.explorer.serving import Served, serving
from tests.explorer.visiting import DAY, recorded_project

pytestmark = [
    pytest.mark.skipif(installed() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("browser"),
]

PERSONAL = f"data=personal&regime=eu_gdpr&{DAY}"
PAGES = (
    f"/?{PERSONAL}",
    f"/?data=health&{PERSONAL}&reach=within",
    "/?data=nonsense",
    f"/route?id=opper:openai/o4-mini&data=health&{PERSONAL}",
    f"/compare?route=opper:openai/o4-mini&route=inhouse:assistant-eu&{PERSONAL}",
    "/log",
    "/log/call?id=call-health",
)
WATCH = "window.hits = 0; window.hit = () => { window.hits += 1 }"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = recorded_project(tmp_path_factory.mktemp("project"))
    with serving(f"--config {folder}") as found:
        yield found


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("profile")) as browser:
        browser.tell("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        yield browser


@pytest.fixture(scope="module")
def inside(tab: Browser, served: Served) -> Browser:
    """A tab that was let in, by the link and the Enter key."""
    enter(tab, served)
    return tab


@pytest.fixture
def page(inside: Browser) -> Browser:
    """The same, light and wide, with nothing complained of yet."""
    inside.looks(1280)
    inside.events.clear()
    return inside


def enter(tab: Browser, served: Served) -> None:
    tab.open(served.link)
    tab.until("document.activeElement.tagName === 'BUTTON'")
    tab.press("Enter")
    tab.until("document.getElementById('glance')")


def count(page: Browser) -> str:
    return str(page.run("document.getElementById('count').innerText"))


# ---- live ----------------------------------------------------------------------------------------


def test_a_box_that_is_marked_by_keyboard_changes_the_answer_at_once(
    page: Browser, served: Served
) -> None:
    page.open(f"{served.address}/?{PERSONAL}")
    assert count(page) == "2 of 3 routes remain"
    page.run("window.stayed = true; document.querySelector('input[value=health]').focus()")
    page.press(" ")
    page.until("document.getElementById('count').innerText.startsWith('0 of 3')")
    assert page.run("window.stayed"), "the page was not loaded anew"
    assert page.run("document.activeElement.value") == "health", "the focus stays"
    assert "data=health" in page.run("location.search")
    assert "health" in page.run("document.getElementById('glance').innerText")
    page.press(" ")
    page.until("document.getElementById('count').innerText.startsWith('2 of 3')")
    assert "data=health" not in page.run("location.search")
    assert page.run("document.querySelectorAll('#count, #glance, #answer').length") == 3
    assert page.complaints() == []


def test_what_is_typed_wrong_is_said_and_put_right_without_leaving(
    page: Browser, served: Served
) -> None:
    page.open(f"{served.address}/?{PERSONAL}&subject_location=DE")
    page.run("document.querySelector('[name=subject_location]').select()")
    page.run("document.querySelector('[name=subject_location]').focus()")
    page.write("Germany")
    page.press("Tab")
    page.until("document.getElementById('answer').innerText.includes('What to put right')")
    assert "Germany" in page.run("document.getElementById('answer').innerText")
    assert count(page) == "This is no question yet"


def test_a_reason_with_many_routes_opens_where_it_stands(page: Browser, served: Served) -> None:
    page.open(f"{served.address}/?{PERSONAL}&reach=within")
    page.run("document.querySelector('details [hx-get]').closest('details').firstChild.focus()")
    page.press("Enter")
    page.until("document.querySelectorAll('details[open] .gone').length > 3")
    assert page.run("document.querySelectorAll('details[open] [rel=next]').length") == 1
    assert page.complaints() == []


def test_marked_routes_are_compared(page: Browser, served: Served) -> None:
    page.open(f"{served.address}/?{PERSONAL}")
    page.run("document.querySelectorAll('[name=route]').forEach(box => box.click())")
    page.run("document.querySelector('#compare button').focus()")
    page.press("Enter")
    page.until("document.querySelector('.beside')")
    assert page.run("document.querySelectorAll('.beside thead th').length") == 4


def test_it_works_without_scripts(page: Browser, served: Served) -> None:
    page.tell("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.tell("Page.navigate", url=f"{served.address}/?{PERSONAL}&reach=within")
        page.until("document.querySelector('#choice button')")
        page.run("document.querySelector('input[value=health]').checked = true")
        page.run("document.querySelector('#choice button').focus()")
        page.press("Enter")
        page.until("document.getElementById('glance')?.innerText.includes('health')")
        assert page.run("document.querySelectorAll('a[href^=\"/reason\"]').length") > 0
    finally:
        page.tell("Emulation.setScriptExecutionDisabled", value=False)


def test_the_log_is_verified_by_keyboard(page: Browser, served: Served) -> None:
    page.open(f"{served.address}/log")
    page.run("document.querySelector('form[action=\"/log/verify\"] button').focus()")
    page.press("Enter")
    page.until("location.pathname === '/log/verify'")
    page.until("document.querySelector('.big')")
    assert "consistent, not anchored" in page.run("document.querySelector('.big').innerText")
    assert page.complaints() == []


# ---- what the browser has to say -----------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_complained_of_and_nobody_else_is_asked(
    page: Browser, served: Served, path: str
) -> None:
    page.open(f"{served.address}{path}")
    wrong = "422" if "nonsense" in path else None
    assert [c for c in page.complaints() if wrong is None or wrong not in c] == []
    mine = (served.address, "data:image/svg+xml")
    assert [a for a in page.requested() if not a.startswith(mine)] == []


def test_a_script_that_got_in_would_not_run(page: Browser, served: Served) -> None:
    page.open(f"{served.address}/?{PERSONAL}")
    page.run(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"/x\" onerror=\"hit()\">');"
        "let s = document.createElement('script'); s.textContent = 'hit()';"
        "document.body.append(s); document.body.lastChild.remove();"
        "document.getElementById('count').setAttribute('hx-on:click', 'hit()');"
        "htmx.process(document.body); document.getElementById('count').click()"
    )
    page.until("document.images.length === 0 || document.images[0].complete")
    assert page.run("window.hits") == 0
    assert any("Content Security Policy" in said for said in page.complaints())


def test_hostile_documents_run_nothing(tab: Browser, inside: Browser, tmp_path: Path) -> None:
    assert inside is tab
    choice = f"data=personal&regime=eu_gdpr&purpose=letters&{DAY}"
    with serving(f"--config {hostile_project(tmp_path)}") as evil:
        enter(tab, evil)
        for path in (f"/?{choice}", f"/route?id=own:one&{choice}", f"/route?id=own:two&{choice}",
                     f"/compare?route=own:one&route=own:two&{choice}"):  # fmt: skip
            tab.events.clear()
            tab.open(f"{evil.address}{path}")
            assert "onerror=hit()" in tab.run("document.body.innerText + document.title"), path
            tab.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
            assert tab.run("window.hits") == 0
            assert tab.run("document.querySelectorAll('img, main script').length") == 0
            assert tab.complaints() == []


# ---- for everybody -------------------------------------------------------------------------------

UNNAMED = """[...document.querySelectorAll('input:not([type=hidden]), select, button, a, summary')]
.filter(e => !(e.labels?.[0]?.innerText || e.ariaLabel || e.innerText || e.title).trim())
.map(e => e.outerHTML)"""
HEADINGS = "[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(h => Number(h.tagName[1]))"
FAINT = """(() => {
  const parts = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => parts(c).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor; if ((parts(c)[3] ?? 1) > 0) return c; }
    return getComputedStyle(document.body).backgroundColor };
  return [...document.querySelectorAll('body *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .filter(e => e.checkVisibility())
    .map(e => { const a = light(getComputedStyle(e).color), b = light(behind(e));
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.outerHTML.slice(0, 80)] })
    .filter(([ratio]) => ratio < 4.5) })()"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_and_used_by_everybody(
    page: Browser, served: Served, path: str, width: int, *, dark: bool
) -> None:
    page.looks(width, dark=dark)
    page.open(f"{served.address}{path}")
    page.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.run("document.documentElement.scrollWidth") <= width
    assert page.run(UNNAMED) == []
    levels = page.run(HEADINGS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.run(FAINT) == []
    ids = page.run("[...document.querySelectorAll('[id]')].map(e => e.getAttribute('id'))")
    assert len(ids) == len(set(ids))
    assert page.run("document.documentElement.lang") == "en"
    assert page.run("document.querySelectorAll('main').length") == 1


def test_the_looks_for_what_is_wrong_find_it(page: Browser, served: Served) -> None:
    page.open(f"{served.address}/?{PERSONAL}")
    page.run("document.getElementById('count').style.color = '#bbb'")
    page.run("document.querySelector('#choice button').innerText = ''")
    assert [text for _, text in page.run(FAINT) if 'id="count"' in text]
    assert [text for text in page.run(UNNAMED) if "<button" in text]


STOPS = """[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select,'
+ ' summary, [tabindex="0"]')].filter(e => e.checkVisibility())"""
OUTLINED = """(() => { const s = getComputedStyle(document.activeElement);
return s.outlineStyle !== 'none' && s.outlineWidth !== '0px' })()"""


@pytest.mark.parametrize("path", [PAGES[0], PAGES[3], PAGES[5]])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    page: Browser, served: Served, path: str
) -> None:
    page.open(f"{served.address}{path}")
    page.press("Tab")
    assert "To the content" in page.run("document.activeElement.innerText")
    assert page.run("document.activeElement.getBoundingClientRect().left") >= 0
    reached = {0}
    for _ in range(200):
        page.press("Tab")
        place = page.run(f"{STOPS}.indexOf(document.activeElement)")
        if place <= 0:
            break
        assert page.run(OUTLINED), page.run("document.activeElement.outerHTML")
        reached.add(place)
    is_stop = page.run(f"{STOPS}.map(e => e.type !== 'radio' || e.checked)")
    assert {place for place, stops in enumerate(is_stop) if stops} - reached == set()
