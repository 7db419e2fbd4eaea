"""Routes looked at once for all of them: only those about which the same claims speak alike."""

from __future__ import annotations

import pytest

from policy_router.compiler.alike import alike_in_claims
from policy_router.domain.contract import Agreement
from policy_router.domain.registry import Registry
from tests.small import agreement, model, provider, registry, route


def known(*held: Agreement) -> Registry:
    routes = route("first", of="one"), route("second", of="two")
    offered = provider("acme", covers=("one", "two"))
    return registry(offered, model("one"), model("two"), *routes, *held)


def are_alike(registry: Registry) -> bool:
    return len(alike_in_claims(registry, list(registry.routes.values()))) == 1


@pytest.mark.parametrize(
    ("models", "routes"),
    [
        ((), ("*",)),
        (("*",), ()),
        (("one", "two"), ()),
        ((), ("first", "second")),
        (("one",), ("second",)),
        (("two",), ("first",)),
    ],
)
def test_an_agreement_that_covers_both_in_one_way(
    models: tuple[str, ...], routes: tuple[str, ...]
) -> None:
    assert are_alike(known(agreement(models=models, routes=routes)))


@pytest.mark.parametrize(
    ("models", "routes"),
    [(("one",), ()), ((), ("second",)), (("one", "*"), ()), ((), ("second", "*"))],
)
def test_an_agreement_that_covers_only_one_or_names_it(
    models: tuple[str, ...], routes: tuple[str, ...]
) -> None:
    assert not are_alike(known(agreement(models=models, routes=routes)))


def test_an_agreement_with_somebody_else_is_about_neither() -> None:
    assert are_alike(known(agreement(models=("one",), parties=("other",))))
