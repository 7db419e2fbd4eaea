"""What a search for steps reads of a request, besides the circumstances that it meets.

Circumstances settle what every test on known facts, every sign-off and every entry of a list says
of a request: see `compiler.reads`. A step may settle facts that are open, or add a sign-off for
the data of the request; that depends on more.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from policy_router.domain.request import RequestFacts
from policy_router.domain.vocabulary import REQUEST_READS
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.question import Question
from policy_router.engine.steps import covers_data_of

_ALWAYS = frozenset(REQUEST_READS["cost"])
"""Numbers, which no statement settles but by their exact value."""


def read_of_request(q: Question, c: Circumstances) -> Hashable:
    """Equal for two requests in the same circumstances only if the same steps are found for both.

    The name they ask for aside.
    """
    names = {test.subject for test in c.bound.plan.fact_atoms} | set(c.bound.plan.needs)
    names = names.union(*REQUEST_READS.values())
    declared = () if q.facts.base is None else q.facts.set_fact("data").members
    read = ((covers_data_of(q, view), *_open(view, names)) for view in q.facts.views)
    return (declared, *read)


def _open(facts: RequestFacts, names: set[str]) -> Iterator[Hashable]:
    """What is stated of facts that are not known, and of numbers."""
    for name in sorted(names):
        if name in _ALWAYS or not facts.knows(name):
            yield name, facts.sets.get(name), facts.scalars.get(name)
