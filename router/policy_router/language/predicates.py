"""Predicates: mappings of a document as statements that can be true, false or unknown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from policy_router.domain.diagnostic import Diagnostic
from policy_router.domain.policy import ALWAYS, All, AnyOf, Not, Predicate
from policy_router.domain.vocabulary import attribute, fact
from policy_router.language.grammar.refusals import described, listed
from policy_router.language.matchers import Comparison
from policy_router.language.mistakes import problem, warning
from policy_router.language.origins import Locator, Path
from policy_router.language.subjects import Side, Sort, Subject, subject, subject_names
from policy_router.language.suggest import did_you_mean, nearest
from policy_router.language.text import quoted

_COMBINING: Final = ("all", "any", "not")
_ABOUT_VALUES: Final = {"POL203", "POL204"}
_NARROWING: Final = {"excludes", "within", "not_within"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads predicates of one document; problems are added to `problems`.

    `known`: the names there are, of territories and of subjects that name documents.
    `guards`: the predicate switches a rule on, so that more data must never switch it off.
    `opposed`: the predicate stands under `forbid` or `not`.
    """

    side: Side
    known: Mapping[str, Collection[str]]
    places: Locator
    problems: list[Diagnostic] = field(default_factory=list)
    guards: bool = False
    opposed: bool = False

    def condition(self, data: object, path: Path) -> Predicate:
        """A `when`: the empty mapping is always true."""
        return ALWAYS if data == {} else self.predicate(data, path)

    def prohibitions(self, data: object, path: Path) -> tuple[Predicate, ...]:
        """A `forbid`: each key is forbidden on its own."""
        return replace(self, opposed=True).parts(data, path)

    def predicate(self, data: object, path: Path) -> Predicate:
        """A mapping: all of its keys hold."""
        parts = self.parts(data, path)
        return parts[0] if len(parts) == 1 else All(parts)

    def parts(self, data: object, path: Path) -> tuple[Predicate, ...]:
        """What each key of a mapping says."""
        if not isinstance(data, dict):
            message = f"expected a mapping, found {described(data)}"
            self._report("SCH104", message, path)
            return ()
        if not data:
            self._report("POL207", "mapping is empty", path, "say what must hold")
        return tuple(self._entry(key, value, (*path, key)) for key, value in data.items())

    def _entry(self, key: str, value: object, path: Path) -> Predicate:
        match key:
            case "not":
                return Not(replace(self, opposed=True).predicate(value, path))
            case "all":
                return All(self._members(value, path))
            case "any":
                return AnyOf(self._members(value, path))
            case _:
                return self._comparison(key, value, path)

    def _members(self, data: object, path: Path) -> tuple[Predicate, ...]:
        if not isinstance(data, list):
            message = f"expected a list of mappings, found {described(data)}"
            self._report("SCH104", message, path, "write `[{…}, {…}]`")
            return ()
        if not data:
            self._report("POL207", "list is empty", path, "name at least one")
        return tuple(self.predicate(item, (*path, i)) for i, item in enumerate(data))

    def _comparison(self, name: str, value: object, path: Path) -> Predicate:
        found = subject(self.side, name)
        if found is None:
            self._unknown_subject(name, path)
            self._judge_values(name, value, path)
            return ALWAYS
        self._check_direction(found, value, path)
        comparison = Comparison(found, path, self.known, self.places, self.problems)
        return comparison.read(value)

    # ------------------------------------------------------------------------------- problems

    def _report(self, code: str, message: str, path: Path, advice: str | None = None) -> None:
        span = self.places.at(*path)
        self.problems.append(problem(code, message, span, advice))

    def _report_key(self, code: str, message: str, path: Path, advice: str | None) -> None:
        span = self.places.key_at(*path)
        self.problems.append(problem(code, message, span, advice))

    def _judge_values(self, name: str, value: object, path: Path) -> None:
        """Report values that are wrong if an unknown name is what it was probably meant to be.

        Of the rest nothing is said: what the name was meant to be is a guess.
        """
        meant = _meant(self.side, name)
        found: list[Diagnostic] = []
        if meant is not None:
            Comparison(meant, path, self.known, self.places, found).read(value)
        self.problems.extend(each for each in found if each.code in _ABOUT_VALUES)

    def _unknown_subject(self, name: str, path: Path) -> None:
        code, message, advice = _misplaced(self.side, name) or _misspelt(self.side, name)
        self._report_key(code, message, path, advice)

    def _check_direction(self, found: Subject, value: object, path: Path) -> None:
        """Some comparisons make sense in one direction only."""
        if self.opposed and found.sort in {Sort.BASES, Sort.SIGNOFFS}:
            message = f"`{found.name}` cannot be forbidden, only demanded"
            self._report_key("POL208", message, path, _as_demand(found))
        if self.opposed and found.sort is Sort.MONEY:
            message = f"`{found.name}` is bounded from above, not forbidden"
            advice = f"write `require: {{{found.name}: {{at_most: …}}}}`"
            self._report_key("POL209", message, path, advice)
        if self.guards and found.name == "data":
            self._warn_if_narrowing(value, path)

    def _warn_if_narrowing(self, value: object, path: Path) -> None:
        words = _NARROWING & value.keys() if isinstance(value, dict) else set()
        if self.opposed:
            words = {"not"}
        if words:
            span = self.places.key_at(*path)
            message = f"`{min(words)}` over `data`: more data would switch this off"
            advice = "write when it applies, with `includes`, `includes_any` or `includes_all`"
            self.problems.append(warning("POL213", message, span, advice))


def _as_demand(found: Subject) -> str:
    if found.sort is Sort.SIGNOFFS:
        return f"write `require: {{{found.name}: {{includes: …}}}}`"
    return f"list the bases that are accepted: `require: {{{found.name}: [{found.values[0]}, …]}}`"


def _misplaced(side: Side, name: str) -> tuple[str, str, str] | None:
    """A name that means something elsewhere."""
    if side is not Side.ROUTE and name == "model":
        return "POL210", "`model` is an attribute of a route", _REQUESTED
    if side is Side.SCOPE and fact(name) is not None:
        return "POL211", f"`scope` does not read `{name}`", f"it reads {_names(side)}"
    if side is not Side.ROUTE and attribute(name) is not None:
        message = f"`{name}` is an attribute of a route, not a fact of a request"
        return "POL210", message, "attributes stand under `require` and `forbid`"
    if side is Side.ROUTE and fact(name) is not None:
        message = f"`{name}` is a fact of a request, not an attribute of a route"
        return "POL210", message, "facts stand under `when`, `needs`, `scope` and `refuse_when`"
    return None


def _misspelt(side: Side, name: str) -> tuple[str, str, str | None]:
    code, what = ("POL202", "attribute") if side is Side.ROUTE else ("POL201", "fact")
    advice = did_you_mean(name, [*subject_names(side), *_COMBINING])
    return code, f"unknown {what} {quoted(name)}", advice


def _meant(side: Side, name: str) -> Subject | None:
    """What a name that is unknown on `side` means elsewhere, or is a misspelling of."""
    near = nearest(name, [*subject_names(side), *_COMBINING])
    return (
        subject(Side.REQUEST, name)
        or subject(Side.ROUTE, name)
        or (None if near is None else subject(side, near))
    )


def _names(side: Side) -> str:
    return listed(subject_names(side))


_REQUESTED: Final = (
    "the name asked for is `requested.model`; which model answers is a matter of `require`"
)
