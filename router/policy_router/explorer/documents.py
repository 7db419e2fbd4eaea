"""The documents the explorer shows: those on the disk, read again when they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Final

from policy_router.audit.in_use import First, Own, Why, routes_first
from policy_router.audit.matrix import reachable_routes
from policy_router.audit.severity import mildest_first
from policy_router.domain.diagnostic import DocumentErrors
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import category_ancestors
from policy_router.explorer.choice import Choice, Reach
from policy_router.service.pdp import PDP
from policy_router.store.project import Loaded
from policy_router.store.watching import Seen, seen

Owning = Callable[[PDP, date], Own | None]
"""What a project has beside its snapshot, on a day."""

_BROKEN: Final = (
    "the documents on the disk have changed and cannot be used: these pages show what was in force "
    "before; `policy-router check` says what is wrong"
)


@dataclass(frozen=True, slots=True)
class Offered:
    """What fields of the form offer: names that documents speak of."""

    tenants: tuple[str, ...]
    purposes: tuple[str, ...]
    features: tuple[str, ...]
    modalities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InForce:
    """What pages are made from. `notice`: what is wrong with the documents on the disk."""

    loaded: Loaded
    first: First
    within: tuple[str, ...]
    offered: Offered
    notice: str

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios on file, the mildest first."""
        return mildest_first(self.loaded.scenarios.values())

    def start(self) -> Scenario | None:
        """What is shown first: the mildest scenario about people, else the mildest; None: none."""
        about = (s for s in self.scenarios if _is_about_people(s))
        return next(about, next(iter(self.scenarios), None))

    def routes(self, choice: Choice) -> tuple[str, ...]:
        """The routes that are asked about."""
        match choice.reach:
            case Reach.FIRST:
                found = self.first.routes
            case Reach.WITHIN:
                found = self.within
            case Reach.ALL:
                found = tuple(sorted(self.loaded.snapshot.registry.routes))
        wanted = choice.part.lower()
        return tuple(route for route in found if wanted in route.lower())


class Documents:
    """The documents of a PDP, looked at again before every page."""

    def __init__(self, pdp: PDP, own: Owning) -> None:
        self.pdp = pdp
        self._own = own
        self._looking = Lock()
        self._seen = self._look()
        self._in_force: tuple[Snapshot, date, InForce] | None = None
        self._notice = ""

    def current(self) -> InForce:
        """What is in force, after what changed on the disk was read; all of it, or nothing."""
        with self._looking:
            looks = self._look()
            if looks != self._seen:
                self._seen = looks
                self._read_again()
            return self._found()

    def _look(self) -> Seen:
        project = self.pdp.loaded.project
        return frozenset() if project is None else seen(project)

    def _read_again(self) -> None:
        try:
            self.pdp.reload()
        except (DocumentErrors, OSError):
            self._notice = _BROKEN
        else:
            self._notice = ""
        self._in_force = None

    def _found(self) -> InForce:
        """The same as before while nothing that it is made from has changed."""
        loaded, today = self.pdp.loaded, self.pdp.now().date()
        kept = self._in_force
        if kept is None or kept[0] is not loaded.snapshot or kept[1] != today:
            kept = (loaded.snapshot, today, self._made(loaded, today))
            self._in_force = kept
        return kept[2]

    def _made(self, loaded: Loaded, today: date) -> InForce:
        snapshot = loaded.snapshot
        within = reachable_routes(snapshot)
        first = routes_first(snapshot, self._own(self.pdp, today))
        return InForce(loaded, first, within, _offered(loaded), self._notice)


def is_chosen_first(first: First) -> bool:
    """Whether a project says which routes are its own."""
    return first.why is Why.IN_USE


def _is_about_people(scenario: Scenario) -> bool:
    data = scenario.request.set_fact("data").members
    return any("personal" in category_ancestors(category) for category in data)


def _offered(loaded: Loaded) -> Offered:
    registry = loaded.snapshot.registry
    facts = [c.facts for c in loaded.callers.values()]
    facts += [s.request for s in loaded.scenarios.values()]
    said = {
        name: {str(v) for f in facts if (v := f.scalar(name)) is not None}
        for name in ("tenant", "purpose")
    }
    for signoff in registry.signoffs:
        said["tenant"].update(signoff.tenants)
        said["purpose"].update(signoff.purposes)
    models = registry.models.values()
    return Offered(
        tuple(sorted(said["tenant"])),
        tuple(sorted(said["purpose"])),
        tuple(sorted({f for m in models for f in m.features or ()})),
        tuple(sorted({f for m in models for f in m.input_modalities or ()})),
    )
