"""Diagnostic codes as text for one screen, and as pages of documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Final

from policy_router.domain.codes import FAMILIES, FAMILY_TITLES, Code

INDEX: Final = "index.md"

_MADE: Final = "<!-- written by `policy-router codes --write docs/diagnostics`; do not edit -->\n"

_PREFACE: Final = """\
# Diagnostics

When documents are loaded, everything that is wrong with them is reported at once: the place as
`file:line:column`, a code, what is wrong, and what to do about it. An *error* stops the load, and
the documents that were in force before stay in force. A *warning* stops nothing.

A code keeps its meaning for good. `policy-router codes CODE` shows its entry in the terminal.
"""


def code_text(code: Code, columns: int) -> str:
    """What `code` means and what to do about it, in lines of at most `columns`."""
    parts = (f"{code.id}: {code.title}", code.explanation, f"What to do: {code.fix}")
    return "\n\n".join(fill(part, columns, break_on_hyphens=False) for part in parts)


def code_pages() -> Mapping[str, str]:
    """Pages of documentation by file name: one for each family of codes, and an index."""
    pages = {f"{family.lower()}.md": _family_page(family) for family in FAMILIES}
    return {INDEX: _index(), **pages}


def _index() -> str:
    return "\n".join([_MADE, _PREFACE, *_index_lines()]) + "\n"


def _index_lines() -> Iterator[str]:
    for family, codes in FAMILIES.items():
        page = f"{family.lower()}.md"
        yield f"## [{family}]({page}): {FAMILY_TITLES[family]}\n"
        yield "| code | |\n|---|---|"
        yield from (f"| [{code.id}]({page}#{code.id}) | {code.title} |" for code in codes)
        yield ""


def _family_page(family: str) -> str:
    head = [_MADE, f"# {family}: {FAMILY_TITLES[family]}\n", f"[All codes]({INDEX})\n"]
    return "\n".join([*head, *(_entry(code) for code in FAMILIES[family])])


def _entry(code: Code) -> str:
    return (
        f'<a id="{code.id}"></a>\n\n## {code.id}: {code.title}\n\n'
        f"{code.explanation}\n\n**What to do.** {code.fix}\n"
    )
