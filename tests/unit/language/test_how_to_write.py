"""What is not of its shape is answered with how to write it, and that can be written."""

from __future__ import annotations

import pytest

from policy_router.domain.vocabulary import ATTRIBUTES, AttributeKind
from policy_router.language.grammar.claims import ClaimsBody
from tests.unit.documents import HOPS, build

PAGE = "{kind: provider_docs, basis: public_terms, reference: DOC-1, read_on: 2026-11-01}"


def _helps(route: str, page: str = PAGE) -> list[str | None]:
    """What is advised about values of the wrong type in the route of `HOPS` with these keys."""
    text = f"{HOPS}sources:\n  page: {page}\n{route}"
    return [d.help for d in build(text).diagnostics if d.code == "SCH104"]


@pytest.mark.parametrize("attribute", list(ClaimsBody.model_fields))
@pytest.mark.parametrize("wrong", ["x", "[x]"])
def test_a_claim_is_advised_as_it_can_be_written(attribute: str, wrong: str) -> None:
    (advice,) = _helps(f"claims: {{acme: {{{attribute}: {wrong}}}}}")
    assert advice is not None
    example = advice.removeprefix("write `").removesuffix("`")
    assert example == ("[{value: …, source: …}]" if wrong == "x" else "{value: …, source: …}")
    written = example.replace("…", "null", 1).replace("…", "page")
    assert _helps(f"claims: {{acme: {{{attribute}: {written}}}}}") == []


@pytest.mark.parametrize(
    ("route", "advice"),
    [
        ("prices: 3", "write `[{currency: …, source: …}]`"),
        ("prices: [3]", "write `{currency: …, source: …}`"),
        ("lifecycle: soon", "write `[{stage: …, from: …, source: …}]`"),
        ("claims: {acme: nothing}", None),
        ("claims: nothing", None),
    ],
)
def test_other_mappings_are_advised_with_the_keys_that_they_need(
    route: str, advice: str | None
) -> None:
    assert _helps(route) == [advice]


def test_what_authors_name_is_advised_as_its_like_is() -> None:
    assert _helps("", page="https://acme.example/terms") == [
        "write `{kind: …, reference: …, basis: …, read_on: …}`"
    ]


def test_a_list_of_names_is_advised_as_such() -> None:
    policy = "kind: policy\nid: p\nlanguage: 1\nversion: 1\ntitle: P\n"
    rule = "rules: [{id: a, when: {}, require: {training: prohibited}, cites: Art. 5}]"
    (found,) = (d for d in build(policy + rule).diagnostics if d.code == "SCH104")
    assert found.help == "write `[Art. 5]`"
    (found,) = (d for d in build(f"{policy}rules: a").diagnostics if d.code == "SCH104")
    assert found.help == "write `[{id: …}]`"


def test_of_a_mapping_that_is_read_elsewhere_nothing_is_advised() -> None:
    models = "kind: models\nid: m\nlanguage: 1\nmodels: {acme/two: Two}"
    (found,) = (d for d in build(models).diagnostics if d.code == "SCH104")
    assert found.help is None


PLACES = [name for name, each in ATTRIBUTES.items() if each.kind is AttributeKind.COUNTRIES]


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("said", ["EEA", "[DE, FR]"])
def test_of_places_of_a_route_it_is_advised_to_demand_all_of_them(name: str, said: str) -> None:
    """To include a place is to run there too: a route that is mostly elsewhere does."""
    policy = "kind: policy\nid: p\nlanguage: 1\nversion: 1\ntitle: P\n"
    rule = f"rules: [{{id: a, title: A, require: {{{name}: {said}}}}}]"
    (found,) = (d for d in build(policy + rule).diagnostics if d.code == "POL206")
    assert found.help is not None
    assert found.help.endswith(f"such as `{name}: {{within: …}}`")


def test_of_places_of_people_it_is_advised_to_ask_for_any_of_them() -> None:
    policy = "kind: policy\nid: p\nlanguage: 1\nversion: 1\ntitle: P\n"
    rule = "rules: [{id: a, title: A, when: {subject_location: DE}, require: {dpa: in_force}}]"
    (found,) = (d for d in build(policy + rule).diagnostics if d.code == "POL206")
    assert found.help is not None
    assert found.help.endswith("such as `subject_location: {includes: …}`")
