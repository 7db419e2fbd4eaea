"""What detectors saw, joined to the facts of a call: it only ever adds."""

from __future__ import annotations

from dataclasses import replace

from policy_router.domain.detection import Detected
from policy_router.domain.request import RequestFacts, SetFact

_DATA = "data"


def raised(facts: RequestFacts, detected: Detected) -> RequestFacts:
    """`facts` with the categories that were `detected`; what holds without them holds on.

    Texts that were not read to their end may hold more than is stated: then what else is in
    `data` is unknown.
    """
    if detected.whole and not detected.categories:
        return facts
    data = facts.set_fact(_DATA)
    seen = SetFact(data.members | detected.categories, settled=data.settled and detected.whole)
    return replace(facts, sets={**facts.sets, _DATA: seen}, base=facts.base or facts)
