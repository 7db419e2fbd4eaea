"""A predicate on routes that somebody types."""

from __future__ import annotations

import pytest

from policy_router.domain.diagnostic import DocumentErrors
from policy_router.domain.policy import All, Matcher
from policy_router.domain.policy import Test as Comparison
from policy_router.language.wheres import route_predicate
from tests.unit.documents import HOPS, TERRITORIES, sound

REGISTRY = sound(TERRITORIES, HOPS).registry


def codes(text: str) -> list[str]:
    with pytest.raises(DocumentErrors) as caught:
        route_predicate(text, REGISTRY, "--where")
    assert {d.span.file for d in caught.value.diagnostics} <= {"--where"}
    return [d.code for d in caught.value.diagnostics]


def test_words_are_those_of_policies() -> None:
    found = route_predicate(
        "{training: prohibited, inference_location: {within: EEA}}", REGISTRY, "x"
    )
    assert isinstance(found, All)
    training, place = found.parts
    assert isinstance(training, Comparison)
    assert isinstance(place, Comparison)
    assert (training.subject, training.names) == ("training", ("prohibited",))
    assert (place.matcher, place.names) == (Matcher.WITHIN, ("EEA",))


@pytest.mark.parametrize("text", ["{provider: acme}", "{model: acme/*}", "{gateway: gw}"])
def test_names_that_documents_have(text: str) -> None:
    assert isinstance(route_predicate(text, REGISTRY, "x"), Comparison)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{traning: prohibited}", "POL202"),
        ("{inference_location: {within: EAA}}", "POL203"),
        ("{provider: nobody}", "POL214"),
        ("{kind: route, id: x}", "SCH101"),
        ("{}", "POL207"),
        ("{training: [", "DOC013"),
        ("training", "DOC006"),
        ("{training: prohibited}\n---\n{training: prohibited}", "SCH104"),
    ],
)
def test_what_finds_nothing_is_refused(text: str, code: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("training=prohibited", "{training: prohibited}"),
        ("training == prohibited", "{training: prohibited}"),
        ("training != used", "{not: {training: used}}"),
        ("inference_location=EEA", "{inference_location: {within: [EEA]}}"),
        ("certifications=iso_27001", "{certifications: {includes_any: [iso_27001]}}"),
        ("retention_days <= 30", "{retention_days: {at_most: 30}}"),
        ("retention_days=0", "{retention_days: {at_most: 0}}"),
        ("price.input<2", "{price.input: {below: 2}}"),
        ("training=sometimes", "{training: prohibited}"),
        ("traning=prohibited", "{training: prohibited}"),
        ("training", "{training: prohibited}"),
        ("[training, prohibited]", "{training: prohibited}"),
        ("", "{training: prohibited}"),
        ("null", "{training: prohibited}"),
        ("training=prohibited and dpa=in_force", "{training: prohibited}"),
    ],
)
def test_what_is_no_mapping_is_answered_with_one_that_works(text: str, written: str) -> None:
    with pytest.raises(DocumentErrors) as caught:
        route_predicate(text, REGISTRY, "--where")
    (found,) = caught.value.diagnostics
    assert found.help is not None
    assert f"`--where '{written}'`" in found.help
    route_predicate(written, REGISTRY, "--where")
