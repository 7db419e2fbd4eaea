"""What somebody recorded and is no help where a rule is not met, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_router.engine.explanation import RECORDED, NoHelp, RouteExplanation, RuleExplanation
from policy_router.report import phrases
from policy_router.report.screen import Screen, clipped
from policy_router.report.visible import escaped


def no_help_words(each: NoHelp) -> str:
    """One record and why it does not count."""
    return f"{RECORDED[each.kind]} `{escaped(each.id)}`: {escaped(each.why)}"


def of_rules(route: RouteExplanation, rules: Iterable[RuleExplanation]) -> Iterator[NoHelp]:
    """What is recorded and no help for some rules, in the order of the rules."""
    for rule in rules:
        name = f"{rule.verdict.policy}/{rule.verdict.rule}"
        yield from (each for each in route.no_help if each.rule == name)


def no_help_lines(found: Iterable[NoHelp], most: int, screen: Screen) -> Iterator[str]:
    """Each record once, `most` of them where a person looks, two lines each; none if it is 0."""
    said = list(dict.fromkeys(map(no_help_words, found)))
    if not (said and most):
        return
    shown = said[:most] if screen.person else said
    yield screen.bold("Recorded, but no help here")
    for words in shown:
        yield from clipped(screen.wrapped(words, f"  {screen.bullet} "), 2, screen)
    hidden = len(said) - len(shown)
    if hidden:
        yield f"  and {phrases.counted(hidden, 'further record')}: see `explain`"
