"""Records of calls that were only observed: which enforcing would have refused, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from policy_router.audit.record import Kind
from policy_router.domain.decision import Reason, Verdict
from policy_router.domain.policy import Mode

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One cause of refusals. `reason`: of a decision, or the code of a refusal without one.

    `about`: the facts that are missing, the rule at which the last route fell, or what was asked
    for; as far as the cause has such a thing.
    """

    reason: str
    about: tuple[str, ...]
    calls: int
    callers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """How many calls were observed, from when to when, and the causes of refusals, most first.

    `never_decided`: of the calls that would be refused, those of which nothing was decided.
    """

    calls: int
    never_decided: int
    begin: str | None
    end: str | None
    troubles: tuple[Trouble, ...]

    @property
    def refused(self) -> int:
        """How many calls enforcing would have refused."""
        return sum(trouble.calls for trouble in self.troubles)


def observed(records: Iterable[Data]) -> Observed:
    """What the first records of observed calls say; records of anything else are passed over."""
    calls = [r for r in records if r.get("kind") == Kind.DECISION and r.get("observed")]
    times = sorted(str(call["recorded_at"]) for call in calls)
    counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
    callers: defaultdict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for call in calls:
        if not call["admitted"]:
            cause = _cause(call)
            counts[cause] += 1
            callers[cause] |= {call["caller"]} - {None}
    troubles = (
        Trouble(*cause, count, tuple(sorted(callers[cause])))
        for cause, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    )
    begin, end = (times[0], times[-1]) if times else (None, None)
    undecided = sum(not call["admitted"] and call["decision"] is None for call in calls)
    return Observed(len(calls), undecided, begin, end, tuple(troubles))


def _cause(call: Data) -> tuple[str, tuple[str, ...]]:
    decision = call["decision"]
    if call["refused"] is not None or decision is None:
        return str(call["refused"]), ()
    match Reason(decision["reason"]):
        case Reason.FACTS_MISSING as reason:
            return reason.value, tuple(decision["missing"])
        case Reason.NO_COMPLIANT_ROUTE as reason:
            return reason.value, _last_to_fall(decision["candidates"])
        case reason:
            asked = decision["requested"]
            return reason.value, () if asked is None else (asked,)


def _last_to_fall(candidates: Iterable[Data]) -> tuple[str, ...]:
    """The first rule, in the order of the policies, at which no candidate was left."""
    standing = [c["verdicts"] for c in candidates if not c["unsuitable"]]
    for position, rule in enumerate(standing[0] if standing else ()):
        if rule["mode"] == Mode.ENFORCE:
            standing = [v for v in standing if Verdict(v[position]["verdict"]).allows]
        if not standing:
            return (f"{rule['policy']}/{rule['rule']}",)
    return ()
