"""What a person calls a country is told by its code, wherever a country is asked for."""

from __future__ import annotations

import pycountry
import pytest

from policy_router.domain.diagnostic import DocumentErrors
from policy_router.language.country_names import COUNTRY_NAMES
from policy_router.language.facts import request_facts
from policy_router.language.grammar.codes import COUNTRIES
from policy_router.language.grammar.values import country_hint

LOCAL = {
    "österreich", "belgië", "belgique", "deutschland", "allemagne", "danmark", "españa", "espana",
    "suomi", "hellas", "italia", "luxemburg", "nederland", "holland", "norge", "polska", "sverige",
    "brasil", "schweiz", "suisse", "svizzera", "britain", "great britain", "england", "scotland",
    "wales", "northern ireland", "america", "emirates", "bosnia", "mainland china", "macedonia",
    "korea", "republic of ireland", "the netherlands", "the united states", "the philippines",
    "republic of korea", "russia", "turkey",
}  # fmt: skip
"""Names that the list of the standard does not have."""
EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"


@pytest.mark.parametrize("name", sorted(COUNTRY_NAMES.keys() - LOCAL))
def test_a_name_is_that_of_its_country_in_the_standard(name: str) -> None:
    assert pycountry.countries.lookup(name).alpha_2 == COUNTRY_NAMES[name]


def test_names_are_of_countries_and_every_country_of_the_eea_has_one() -> None:
    assert set(COUNTRY_NAMES.values()) <= COUNTRIES
    assert set(EEA.split()) <= set(COUNTRY_NAMES.values())
    assert COUNTRY_NAMES.keys() >= LOCAL


@pytest.mark.parametrize("name", sorted(COUNTRY_NAMES))
@pytest.mark.parametrize(
    "written", [str.title, str.upper, str.lower, lambda n: n.replace(" ", "-")]
)
def test_a_name_is_told_by_its_code_however_it_is_written(name: str, written: object) -> None:
    assert callable(written)
    code = COUNTRY_NAMES[name]
    shown = '`"NO"`' if code == "NO" else f"`{code}`"
    assert country_hint(written(name)) == f"did you mean {shown}?"


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("Germny", "did you mean `DE`?"),
        ("UK", "did you mean `GB`?"),
        ("de", "did you mean `DE`?"),
        ("zz", "use codes of ISO 3166-1, such as `DE`"),
        ("Iran", "use codes of ISO 3166-1, such as `DE`"),
        ("Atlantis", "use codes of ISO 3166-1, such as `DE`"),
        ("EU", "a zone is its documented members: list their codes, or write `null`"),
        ("European Union", "a zone is its documented members: list their codes, or write `null`"),
        ("europe", "a zone is its documented members: list their codes, or write `null`"),
    ],
)
def test_what_is_no_code_is_answered_with_what_to_write(word: str, advice: str) -> None:
    with pytest.raises(DocumentErrors) as refused:
        request_facts({"subject_location": [word]})
    assert [d.help for d in refused.value.diagnostics] == [advice]
