"""Code lists agree with the standards as others keep them."""

from __future__ import annotations

import pycountry
import pytest

from policy_router.language.grammar.codes import COUNTRIES, CURRENCIES, MEANT_COUNTRY, ZONES


def test_countries_are_those_of_iso_3166() -> None:
    assert {country.alpha_2 for country in pycountry.countries} == COUNTRIES


def test_currencies_are_among_those_of_iso_4217() -> None:
    assert CURRENCIES - {currency.alpha_3 for currency in pycountry.currencies} == set()


@pytest.mark.parametrize("code", ["USD", "EUR", "GBP", "CHF", "SEK", "DKK", "PLN", "JPY", "CNY"])
def test_currencies_in_which_models_are_priced_are_known(code: str) -> None:
    assert code in CURRENCIES


def test_what_is_meant_is_a_country_and_what_is_said_is_none() -> None:
    assert set(MEANT_COUNTRY.values()) <= COUNTRIES
    assert set(MEANT_COUNTRY) & COUNTRIES == set()
    assert set() == ZONES & COUNTRIES
