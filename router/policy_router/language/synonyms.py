"""Words in common use for what the vocabulary calls otherwise: for suggestions only."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_MEANINGS: Final = {
    # categories of data
    "personal": "pii pi person-data personal-data personally-identifiable",
    "non_personal": "anonymous anonymised anonymized impersonal not-personal",
    "pseudonymised": "pseudonymized pseudonymous tokenised tokenized",
    "special_category": "sensitive special article-9 art-9 spi special-categories",
    "health": "medical patient patients phi clinical disease diagnosis health-data",
    "genetic": "dna genome genes",
    "biometric": "fingerprint fingerprints face faces",
    "ethnic_origin": "race racial ethnicity",
    "political_opinion": "political politics",
    "religion_or_belief": "religion religious belief beliefs faith",
    "union_membership": "union trade-union",
    "sex_life": "sexual sexuality sexual-orientation orientation",
    "criminal": "crime conviction convictions offence offences offense offenses",
    "child": "children minor minors kids",
    "cardholder": "card cards credit-card payment payments payment-card pci pan",
    "professional_secret": "privileged legal-privilege attorney-client medical-secrecy",
    "trade_secret": "confidential business-secret intellectual-property",
    "source_code": "code repository",
    # people
    "employees": "staff workforce personnel",
    "job_applicants": "candidates applicants",
    "customers": "clients consumers buyers",
    "prospects": "leads",
    "suppliers": "vendors contractors",
    "children": "minors kids pupils",
    "citizens": "residents",
    # effects of an answer
    "legal_or_similar": "legal significant automated automated-decision binding",
    "assistive": "assist advice advisory human-decides",
    # exporting regimes
    "eu_gdpr": "gdpr eu eea dsgvo ds-gvo rgpd european-union general-data-protection-regulation",
    "uk_gdpr": "uk gb gdpr-uk united-kingdom dpa-2018 data-protection-act",
    "ch_fadp": "fadp dsg revdsg ndsg lpd swiss switzerland",
    # territories
    "EU": "european-union europäische-union union-européenne",
    "EEA": "european-economic-area europe ewr espace-économique-européen",
    # GDPR Art. 6(1)
    "A6-1-a": "consent",
    "A6-1-b": "contract performance-of-contract",
    "A6-1-c": "legal-obligation",
    "A6-1-d": "vital-interest vital-interests",
    "A6-1-e": "public-interest public-task official-authority",
    "A6-1-f": "legitimate-interest legitimate-interests lia",
    # GDPR Art. 9(2)
    "A9-2-a": "consent explicit-consent",
    "A9-2-b": "employment social-security",
    "A9-2-c": "vital-interest vital-interests",
    "A9-2-d": "foundation association",
    "A9-2-e": "made-public manifestly-public manifestly-made-public",
    "A9-2-f": "legal-claims",
    "A9-2-g": "substantial-public-interest public-interest",
    "A9-2-h": "health-care healthcare medicine treatment medical",
    "A9-2-i": "public-health",
    "A9-2-j": "archiving research statistics scientific-research",
}
"""Word of the vocabulary by word: others for it, in small letters with `-` between parts."""


def _by_other_word() -> Mapping[str, tuple[str, ...]]:
    meanings: dict[str, tuple[str, ...]] = {}
    for meant, others in _MEANINGS.items():
        for other in others.split():
            meanings[other] = (*meanings.get(other, ()), meant)
    return MappingProxyType(meanings)


SYNONYMS: Final = _by_other_word()
"""What each other word may stand for; the choices at a place say which of them it is."""
