"""What of a request a judgement does not cover, in words that say whose word each fact is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from policy_router.domain.contract import Signoff
from policy_router.domain.request import RequestFacts
from policy_router.domain.truth import TRUE
from policy_router.domain.vocabulary import effective_categories
from policy_router.registry.signoffs import category_covered, data_covered, named

_MOST_NAMED = 3
_CERTAIN = "certain of every call of this caller"
DECLARED = "merely declared in the call or detected in it"


def short_of_request(approval: Signoff, view: RequestFacts, asked: RequestFacts) -> Iterator[str]:
    """What of `view` an approval does not cover, or what it leaves open; none if it covers it.

    `asked`: the request as it is, of which `view` is one view. What a caller declares is repeated
    only where the words for it are ours.
    """
    yield from _short_of_data(approval, view, asked)
    for name, patterns in (("purpose", approval.purposes), ("tenant", approval.tenants)):
        value = view.scalar(name)
        if named(patterns, value).known_true:
            continue
        said = f"covers only {some(name, patterns)}"
        if value is not None and name in asked.declared:
            yield f"{said}, not what the call declares"
        elif value is not None:
            yield f"{said}, not `{value}`"
        elif asked.scalar(name) is None:
            yield f"{said}, and the request states no {name}"
        else:
            yield f"{said}, and the {name} of the request is {DECLARED}"


def _short_of_data(approval: Signoff, view: RequestFacts, asked: RequestFacts) -> Iterator[str]:
    data = view.set_fact("data")
    if data_covered(approval, data).known_true:
        return
    said = f"covers only the data {categories(approval.data)}"
    beyond = [
        category
        for category in effective_categories(data.members)
        if not category_covered(approval, category, TRUE).known_true
    ]
    if beyond:
        yield f"{said}, not {categories(beyond)}{_whose_word(beyond, asked)}"
    elif asked.base is None:
        yield f"{said}, and the request may be about more data than it states"
    else:
        yield f"{said}, and it is not certain that this caller sends no other"


def _whose_word(beyond: Iterable[str], asked: RequestFacts) -> str:
    """Whether what goes beyond a judgement is certain, where something of it is not."""
    if asked.base is None:
        return ""
    certain = asked.base.set_fact("data").members
    return f": that is {_CERTAIN if certain.issuperset(beyond) else DECLARED}"


def categories(found: Iterable[str]) -> str:
    """Categories of data in a row; `personal` alone means less than one would think."""
    return ", ".join(map(_category, sorted(found)))


def _category(name: str) -> str:
    return "personal (ordinary personal data)" if name == "personal" else name


def some(what: str, names: Sequence[str]) -> str:
    """The names of a few things: `the routes a, b and 2 more`."""
    return f"the {what}{'' if len(names) == 1 else 's'} {quoted(names)}"


def quoted(names: Sequence[str]) -> str:
    """A few names, and how many more there are."""
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
