"""Values and attributes of the language in plain words, wherever a text names them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES, TRANSFER_BASIS
from policy_router.registry.favour import GLOBAL

ATTRIBUTE_TITLES: Final = {
    "maker_jurisdiction": "country of the model's maker",
    "provider_jurisdiction": "country of the operating company",
    "parent_jurisdiction": "country of the parent company",
    "inference_location": "where the model runs",
    "storage_location": "where data is stored",
    "support_location": "where staff look at data from",
    "retention_days": "days the data is kept",
    "zero_data_retention": "zero retention",
    "zdr_exceptions": "exceptions from zero retention",
    "training": "training on the data",
    "logging": "what is logged",
    "human_review": "people reading the data",
    "caching": "caching",
    "third_party_access": "further parties with access",
    "dpa": "processing contract",
    "use_restrictions": "data its terms forbid",
    "certifications": "certificates",
    "dpf": "entry on the Data Privacy Framework list",
    "adequacy_conditions": "conditions of adequacy known to be met",
    "transfers_offered": "transfer clauses on offer",
    f"{TRANSFER_BASIS}eu_gdpr": "transfer mechanism (GDPR Chapter V)",
    f"{TRANSFER_BASIS}uk_gdpr": "transfer mechanism (UK GDPR Chapter V)",
    f"{TRANSFER_BASIS}ch_fadp": "transfer mechanism (Swiss FADP)",
    "signoff": "sign-off by a person",
    "stage": "stage of the offer",
    "cost": "cost of the call",
}
"""What an attribute is about, for readers of reports."""

_BASES: Final = {
    "not_a_transfer": "no transfer at all",
    "adequacy": "an adequacy decision",
    "dpf": "the Data Privacy Framework",
    "scc_with_tia": "standard clauses with an assessment",
    "bcr_with_tia": "binding corporate rules with an assessment",
    "idta_with_tra": "the UK agreement with an assessment",
    "addendum_with_tra": "the UK addendum with an assessment",
    "scc_swiss_with_tia": "Swiss standard clauses with an assessment",
}
_TERMS: Final = {
    value: value.replace("_", " ")
    for attribute in CLAIMED_ATTRIBUTES
    for value in attribute.values
    if "_" in value
}

_ATTRIBUTE: Final = re.compile(
    "`(" + "|".join(re.escape(n) for n in sorted(ATTRIBUTE_TITLES, reverse=True)) + ")`"
)
_TERM: Final = re.compile(rf"(?<![\w`/.-])({'|'.join(sorted(_TERMS, reverse=True))})(?![\w`/-])")
_A_BASIS: Final = re.compile(
    rf"(?<![\w`/.-])({'|'.join(sorted(_BASES, key=len, reverse=True))})(?![\w`/-])"
)


_RESTRICTIONS: Final = "use_restrictions"
"""Its values are words of documents: any may stand there."""
_PLACE: Final = re.compile(
    rf"({'|'.join(name.replace('_', ' ') for name in ATTRIBUTE_TITLES)})(?: ([A-Z]+))?(?=: )"
)
"""A place of a party, as its bases are told: by attribute, and its country if that is known."""


def value_words(attribute: str, text: str) -> str:
    """A demand on or claim of `attribute`, without names that only documents use."""
    if attribute.startswith(TRANSFER_BASIS):
        named = _PLACE.sub(_placed, _A_BASIS.sub(lambda found: _BASES[found[1]], text))
        return named.replace(GLOBAL, "anywhere")
    if attribute == _RESTRICTIONS:
        return text.replace("_", " ")
    return _TERM.sub(lambda found: _TERMS[found[1]], text)


def _placed(found: re.Match[str]) -> str:
    title = ATTRIBUTE_TITLES[found[1].replace(" ", "_")]
    country = found[2]
    return title if country is None else f"{title}, {country}"


def places_words(said: Iterable[str]) -> str:
    """What was found for the places of a party, those together of which it is the same."""
    found: dict[tuple[str, str], list[str]] = {}
    for text in said:
        where, _, bases = text.partition(": ")
        title, _, country = where.partition(", ")
        if not country and any(title == named for named, _ in found):
            country = "other places"
        found.setdefault((title, bases), []).append(country)
    return "; ".join(
        f"{', '.join(filter(None, (title, *countries)))}: {bases}"
        for (title, bases), countries in found.items()
    )


def step_words(text: str) -> str:
    """A step someone could take, its attributes by their titles and its values in words."""
    titled = _ATTRIBUTE.sub(lambda found: f"{ATTRIBUTE_TITLES[found[1]]}:", text)
    return _TERM.sub(lambda found: _TERMS[found[1]], titled)
