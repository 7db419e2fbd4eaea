"""Texts that act on a page that does not take care, and what a page must be like despite them."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.cli.reported import Page

SCRIPT = "\"'><img src=x onerror=hit()><script>hit()<\\script><!--"
ADDRESSES = (
    "javascript:hit()",
    "JaVaScRiPt:hit()",
    "java\tscript:hit()",
    " javascript:hit()",
    "data:text/html,<script>hit()<\\script>",
    "vbscript:hit()",
    "//evil.example/x",
    "\\\\evil.example\\x",
    "https:evil.example",
    "https://user@evil.example/",
    "https://evil.example/\"onmouseover='hit()'",
    "https://evil.example/\u202egnp",
    "https://[bad/",
)
TEMPLATE = "{{ 7*7 }}{% raw %}"
SHAPELESS = "\u202e\u200b"
PLAINLY_EVIL = f"{SCRIPT}{TEMPLATE}"
"""What documents may say: the reader of documents refuses characters without a shape."""
EVIL = f"{PLAINLY_EVIL}{SHAPELESS}"

_OURS = {"/", "/reason", "/route", "/compare", "/log", "/log/call", "/log/verify", "/enter"}
_FILES = {"/static/report.css", "/static/explorer.css", "/static/htmx.min.js", "/static/icon.svg"}
_LEADING = ("href", "src", "action", "hx-get", "formaction", "poster", "data", "srcset")


def harmless(page: Page) -> None:
    """Fail unless everything in a page is ours, and leads where it should."""
    assert {s.attributes["src"] for s in page.of("script")} <= _FILES
    assert not [e.tag for e in page.elements if e.tag in {"img", "iframe", "object", "embed"}]
    for element in page.elements:
        acting = [name for name in element.attributes if name.startswith(("on", "hx-on", "style"))]
        assert not acting, element
        for name in set(_LEADING) & set(element.attributes):
            _leads_well(element.tag, name, element.attributes[name])


def _leads_well(tag: str, name: str, address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        assert (tag, name) == ("a", "href"), address
        assert parts.scheme in {"http", "https"}, address
        assert address.isascii()
        assert address.isprintable()
        assert not set(address) & set(" <>\"'`\\")
        assert parts.username is None
    else:
        assert parts.path in _OURS | _FILES or address.startswith("#"), address
