"""One test of a predicate: how a fact or an attribute is compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, assert_never

from pydantic_core import PydanticCustomError

from policy_router.domain.diagnostic import Diagnostic
from policy_router.domain.patterns import matches
from policy_router.domain.policy import ALWAYS, All, AnyOf, Matcher, Predicate, Test
from policy_router.domain.vocabulary import Regime, attribute
from policy_router.language.grammar.codes import ANYWHERE, COUNTRIES
from policy_router.language.grammar.quantities import decimal, flag
from policy_router.language.grammar.refusals import described, listed
from policy_router.language.grammar.values import country_hint
from policy_router.language.mistakes import problem, warning
from policy_router.language.origins import Locator, Path
from policy_router.language.subjects import Sort, Subject
from policy_router.language.suggest import did_you_mean, nearest
from policy_router.language.text import quoted

SET_MATCHERS: Final = (
    Matcher.INCLUDES,
    Matcher.INCLUDES_ANY,
    Matcher.INCLUDES_ALL,
    Matcher.EXCLUDES,
    Matcher.WITHIN,
    Matcher.NOT_WITHIN,
)
SIGNOFF_MATCHERS: Final = (Matcher.INCLUDES, Matcher.INCLUDES_ANY, Matcher.INCLUDES_ALL)
BOUNDS: Final = (Matcher.AT_MOST, Matcher.AT_LEAST, Matcher.BELOW, Matcher.ABOVE)
UPPER_BOUNDS: Final = (Matcher.AT_MOST, Matcher.BELOW)
TERRITORY: Final = "territory"
ADEQUATE: Final = tuple(f"ADEQUATE.{regime.value}" for regime in Regime)

_CODE: Final = 2
"""Letters of a country code; a word as short is like too many others."""

_MATCHERS: Final = {
    Sort.SET: SET_MATCHERS,
    Sort.PLACES: SET_MATCHERS,
    Sort.SIGNOFFS: SIGNOFF_MATCHERS,
    Sort.NUMBER: BOUNDS,
    Sort.MONEY: UPPER_BOUNDS,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One subject's comparisons at a path of a document; problems are added to `problems`.

    `known`: the names there are, of territories and of subjects that name documents.
    """

    subject: Subject
    path: Path
    known: Mapping[str, Collection[str]]
    places: Locator
    problems: list[Diagnostic]

    def read(self, data: object) -> Predicate:
        """The test or tests that `data` asks for."""
        match self.subject.sort:
            case Sort.NAME | Sort.BASES:
                return self._test(Matcher.IS, self._names(data, ()), ())
            case Sort.FLAG:
                return self._flag(data)
            case Sort.NUMBER | Sort.MONEY:
                return self._matchers(data) if isinstance(data, dict) else self._equal(data)
            case Sort.SET | Sort.PLACES | Sort.SIGNOFFS:
                return self._matchers(data) if isinstance(data, dict) else self._bare(data)
            case _:
                assert_never(self.subject.sort)

    def _test(self, matcher: Matcher, names: tuple[str, ...], under: Path) -> Test:
        span = self.places.key_at(*self.path, *under)
        return Test(self.subject.name, matcher, names, None, span)

    def _bound(self, matcher: Matcher, bound: Decimal, under: Path = ()) -> Test:
        span = self.places.key_at(*self.path, *under)
        return Test(self.subject.name, matcher, (), bound, span)

    def _report(self, code: str, message: str, under: Path = (), advice: str | None = None) -> None:
        span = self.places.at(*self.path, *under)
        self.problems.append(problem(code, message, span, advice))

    # ------------------------------------------------------------------------------ mappings

    def _matchers(self, data: dict[str, object]) -> Predicate:
        if not data:
            self._report("POL207", "nothing is asked", advice=self._advice())
        parts = tuple(self._matcher(word, value) for word, value in data.items())
        return parts[0] if len(parts) == 1 else All(parts)

    def _matcher(self, word: str, value: object) -> Predicate:
        allowed = _MATCHERS[self.subject.sort]
        if word not in allowed:
            self._misfit(word, value, allowed)
            return ALWAYS
        return self._compared(Matcher(word), value, (word,))

    def _compared(self, matcher: Matcher, value: object, under: Path) -> Predicate:
        if matcher in BOUNDS:
            return self._bound(matcher, self._number(value, under), under)
        names = self._names(value, under)
        if matcher is Matcher.INCLUDES and isinstance(value, list):
            advice = "write `includes_any` or `includes_all`"
            self._report("POL205", "`includes` takes one name", under, advice)
        return self._test(matcher, names, under)

    def _misfit(self, word: str, value: object, allowed: tuple[Matcher, ...]) -> None:
        name, span = self.subject.name, self.places.key_at(*self.path, word)
        if self.subject.sort is Sort.MONEY and word in BOUNDS:
            message = f"lower bound on `{name}`"
            advice = "prices and costs are bounded from above: `at_most` or `below`"
            self.problems.append(problem("POL209", message, span, advice))
            return
        meant = nearest(word, allowed)
        advice = f"did you mean `{meant}`?" if meant else self._advice()
        message = f"{quoted(word)} does not compare `{name}`"
        self.problems.append(problem("POL205", message, span, advice))
        if meant:
            self._compared(Matcher(meant), value, (word,))

    def _advice(self) -> str:
        words = listed(_MATCHERS[self.subject.sort])
        return f"`{self.subject.name}` is compared by {words}"

    # ---------------------------------------------------------------------------- bare values

    def _bare(self, data: object) -> Predicate:
        name = self.subject.name
        matchers = _MATCHERS[self.subject.sort]
        example = Matcher.INCLUDES_ANY if isinstance(data, list) else Matcher.INCLUDES
        if self.subject.sort is Sort.PLACES and attribute(name) is not None:
            example = Matcher.WITHIN  # a route that also runs elsewhere includes a place too
        advice = f"say how with one of {listed(matchers)}, such as `{name}: {{{example}: …}}`"
        self._report("POL206", f"`{name}` is a set and cannot be compared as a whole", (), advice)
        if data:
            self._names(data, ())
        return ALWAYS

    def _equal(self, data: object) -> Predicate:
        """A number that is, or is one of: not less and not more, which is the same."""
        if self.subject.sort is Sort.MONEY:
            self._report(
                "POL209", f"`{self.subject.name}` is bounded from above", (), self._advice()
            )
            return ALWAYS
        values = data if isinstance(data, list) else [data]
        if not values:
            self._report("POL207", "list is empty", advice="name at least one")
        under: list[Path] = [(i,) for i in range(len(values))] if isinstance(data, list) else [()]
        numbers = [self._number(value, at) for value, at in zip(values, under, strict=True)]
        exact = tuple(
            All((self._bound(Matcher.AT_LEAST, n), self._bound(Matcher.AT_MOST, n)))
            for n in numbers
        )
        return exact[0] if len(exact) == 1 else AnyOf(exact)

    def _number(self, value: object, under: Path) -> Decimal:
        try:
            return decimal(value)
        except PydanticCustomError as error:
            self._refused(error, under)
            return Decimal(0)

    def _refused(self, error: PydanticCustomError, under: Path) -> None:
        context = error.context or {}
        advice = str(context["help"]) or None
        self._report(error.type, str(context["message"]), under, advice)

    def _flag(self, data: object) -> Predicate:
        try:
            return self._test(Matcher.IS, ("true" if flag(data) else "false",), ())
        except PydanticCustomError as error:
            self._refused(error, ())
            return ALWAYS

    # ----------------------------------------------------------------------------------- names

    def _names(self, data: object, under: Path) -> tuple[str, ...]:
        if not isinstance(data, list):
            return (self._name(data, under),)
        if not data:
            self._report("POL207", "list is empty", under, "name at least one")
        return tuple(self._name(item, (*under, i)) for i, item in enumerate(data))

    def _name(self, data: object, under: Path) -> str:
        if not isinstance(data, str) or not data.strip():
            found = "an empty text" if isinstance(data, str) else described(data)
            self._report("SCH104", f"expected a name, found {found}", under, self._instead(data))
        elif self.subject.sort is Sort.PLACES:
            self._check_place(data, under)
        elif self.subject.values and data not in self.subject.values:
            advice = did_you_mean(data, self.subject.values)
            advice = advice or f"use {listed(self.subject.values)}"
            message = f"unknown value {quoted(data)} of `{self.subject.name}`"
            self._report("POL204", message, under, advice)
        elif self.subject.name in self.known:
            self._check_known(data, under)
        return str(data)

    def _instead(self, data: object) -> str | None:
        if isinstance(data, dict) and self.subject.values:
            return f"list the values: {listed(self.subject.values)}"
        if isinstance(data, dict) and self.subject.sort is Sort.NAME:
            return f"write `{self.subject.name}: name`, or a list of names"
        return None

    def _check_known(self, name: str, under: Path) -> None:
        """Warn of a name that nothing has: a prohibition of it would forbid nothing."""
        known = self.known[self.subject.name]
        if not known or any(matches(name, each) for each in known):
            return
        advice = did_you_mean(name, known, found=len(self.problems))
        what = (
            "route, model or alias" if self.subject.name == "requested.model" else self.subject.name
        )
        message = f"no {what} is called {quoted(name)}"
        span = self.places.at(*self.path, *under)
        self.problems.append(warning("POL214", message, span, advice))

    def _check_place(self, name: str, under: Path) -> None:
        territories = self.known[TERRITORY]
        if name in territories or name in ADEQUATE or name in COUNTRIES or name == ANYWHERE:
            return
        advice = country_hint(name)
        if advice is None and len(name) > _CODE:
            advice = did_you_mean(name, [*territories, *ADEQUATE])
        advice = advice or "name a territory or a country code"
        self._report("POL203", f"unknown territory {quoted(name)}", under, advice)
