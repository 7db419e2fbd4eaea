"""Presidio as a detector: patterns of many countries, names where a spaCy pipeline is installed.

It needs the extra `presidio`. Presidio itself fetches what it does not find: a list of domain
suffixes at the first e-mail address, and any pipeline that is not installed. Here it fetches
nothing: the list is the one that tldextract carries, and a pipeline that is missing is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from policy_router.detect.plain import plain

CERTAIN_ENOUGH: Final = 0.4
"""The least score, of 1, at which Presidio's finding counts."""

NOT_PERSONAL: Final = frozenset(
    {"CRYPTO", "DATE_TIME", "IP_ADDRESS", "LOCATION", "MAC_ADDRESS", "ORGANIZATION", "URL", "UUID"}
)
"""Entities that alone are nobody's; an entity that is in neither table is personal."""

CATEGORIES: Final[Mapping[str, str]] = {
    "CREDIT_CARD": "cardholder",
    "MEDICAL_CONDITION": "health",
    "NRP": "special_category",
}
"""Categories of entities; NRP is a nationality, a religious or a political group."""


class Presidio:
    """Presidio's analyzer, once for each language; a text is read in all of them.

    `pipelines`: the installed spaCy pipeline of each language, by its ISO 639-1 code; None for
    none, so that only patterns are told and no names. Raises `OSError` if one is not installed.
    """

    name = "presidio"

    def __init__(self, pipelines: Mapping[str, str | None]) -> None:
        self._languages = tuple(pipelines)
        self._analyzer = _analyzer(pipelines)

    def categories(self, text: str) -> frozenset[str]:
        """The categories of `data` that Presidio sees in `text`."""
        text = plain(text)
        found = {
            result.entity_type
            for language in self._languages
            for result in self._analyzer.analyze(
                text=text, language=language, score_threshold=CERTAIN_ENOUGH
            )
        }
        return frozenset(CATEGORIES.get(entity, "personal") for entity in found - NOT_PERSONAL)


def _analyzer(pipelines: Mapping[str, str | None]) -> Any:  # noqa: ANN401 - Presidio has no types
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # noqa: PLC0415 - an extra
    from presidio_analyzer.predefined_recognizers import EmailRecognizer  # noqa: PLC0415

    engine = _engine(pipelines)
    registry = RecognizerRegistry(supported_languages=list(pipelines))
    registry.load_predefined_recognizers(languages=list(pipelines), nlp_engine=engine)
    registry.remove_recognizer("EmailRecognizer")
    for language in pipelines:
        mailbox = EmailRecognizer(supported_language=language)
        mailbox.validate_result = _has_known_suffix
        registry.add_recognizer(mailbox)
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=list(pipelines))


def _engine(pipelines: Mapping[str, str | None]) -> Any:  # noqa: ANN401 - Presidio has no types
    import spacy  # noqa: PLC0415 - an extra
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: PLC0415 - an extra

    engine = SpacyNlpEngine(
        models=[{"lang_code": code, "model_name": name or code} for code, name in pipelines.items()]
    )
    engine.nlp = {
        code: spacy.blank(code) if name is None else spacy.load(name)
        for code, name in pipelines.items()
    }
    return engine


def _has_known_suffix(mailbox: str) -> bool:
    return bool(_suffixes()(mailbox).fqdn)


@cache
def _suffixes() -> Any:  # noqa: ANN401 - an extra that is not checked
    from tldextract import TLDExtract  # noqa: PLC0415 - an extra

    return TLDExtract(suffix_list_urls=(), cache_dir=None)
