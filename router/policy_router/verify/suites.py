"""Running the cases of a suite against a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policy_router.domain.claim import Moment
from policy_router.domain.decision import Determination, Verdict
from policy_router.domain.organisation import Expectation, Suite, SuiteCase
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a decision is not what a case expects. `about`: the key of the expectation."""

    about: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a case; it passed if nothing differs."""

    suite: str
    case: SuiteCase
    determination: Determination
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether the decision is what the case expects."""
        return not self.differences


def run_suite(suite: Suite, snapshot: Snapshot) -> tuple[CaseResult, ...]:
    """Decide every case of `suite` on `snapshot` and compare; nothing else is evaluated."""
    engine = Engine(snapshot)
    return tuple(_run(suite, case, engine) for case in suite.cases)


def _run(suite: Suite, case: SuiteCase, engine: Engine) -> CaseResult:
    ruling = engine.decide(case.request, Moment(case.at, case.known_at))
    determination = ruling.determination()
    return CaseResult(suite.id, case, determination, tuple(differences(case.expect, determination)))


def differences(expect: Expectation, found: Determination) -> Iterator[Difference]:
    """Where `found` is not what is expected; what is not expected of is not looked at."""
    reason = found.reason.value if found.reason else NOTHING
    for about, wanted, got in (
        ("outcome", expect.outcome, found.outcome.value),
        ("reason", expect.reason, reason),
        ("route", expect.route, found.route or NOTHING),
        ("chain", _listed(expect.chain), _listed(found.chain)),
    ):
        if wanted not in {None, NOTHING, got}:
            yield Difference(about, str(wanted), got)
    yield from _verdicts(expect, found)
    absent = [name for name in expect.missing if name not in found.missing]
    if absent:
        yield Difference("missing", _listed(expect.missing), _listed(found.missing))


def _verdicts(expect: Expectation, found: Determination) -> Iterator[Difference]:
    for about, wanted, kind in (
        ("fails", expect.fails, Verdict.FAIL),
        ("unknown", expect.unknown, Verdict.UNKNOWN),
        ("excepted", expect.excepted, Verdict.EXCEPTED),
    ):
        for rule in wanted:
            verdicts = _verdicts_of(rule, found)
            if kind not in verdicts:
                yield Difference(about, rule, _listed(v.value for v in verdicts))


def _verdicts_of(rule: str, found: Determination) -> list[Verdict]:
    """The verdicts of a `policy/rule` over all candidates, each once, in order of declaration."""
    seen = {
        v.verdict for c in found.candidates for v in c.verdicts if f"{v.policy}/{v.rule}" == rule
    }
    return [verdict for verdict in Verdict if verdict in seen]


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items) or NOTHING
