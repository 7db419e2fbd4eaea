"""Plain words exist for everything that can be said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType

from policy_router.cli.requests import FLAGS
from policy_router.domain.claim import Basis, Evidence, Gap, SourceKind
from policy_router.domain.decision import Reason, Verdict
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.domain.vocabulary import (
    ATTRIBUTES,
    CLAIMED_ATTRIBUTES,
    FACTS,
    TRANSFER_BASES,
    AttributeKind,
)
from policy_router.report import phrases, plain_words
from policy_router.report.refusals import flag


def test_every_claim_and_judgement_has_a_title() -> None:
    told = (AttributeKind.BASES, AttributeKind.ORDERED, AttributeKind.COUNTRIES)
    wanted = {a.name for a in ATTRIBUTES.values() if a.kind in told and a.matchable}
    wanted |= {a.name for a in CLAIMED_ATTRIBUTES}
    assert wanted | {"signoff", "retention_days"} <= set(plain_words.ATTRIBUTE_TITLES)
    assert set(plain_words.ATTRIBUTE_TITLES) <= set(ATTRIBUTES)


def test_every_reason_verdict_gap_and_source_has_its_own_words() -> None:
    for words in (
        [phrases.headline(reason) for reason in Reason],
        [phrases.verdict(verdict) for verdict in Verdict],
        [phrases.gap(gap) for gap in Gap],
        [phrases.evidence(_evidence(kind)) for kind in SourceKind],
    ):
        assert all(words)
        assert len(set(words)) == len(words)


def test_what_is_inferred_is_not_said_to_be_inferred_from_a_name() -> None:
    """A zone written out, an old form and a price multiplied out are inferred as well."""
    assert phrases.source_kind(SourceKind.INFERRED) == "inferred"


def _evidence(kind: SourceKind, verified: bool = False) -> Evidence:  # noqa: FBT002 - a test's own
    day = date(2026, 11, 22)
    by = "data protection officer" if verified else None
    return Evidence(kind, "page", Basis.PUBLIC_TERMS, day, day if verified else None, by)


def test_nobody_is_said_to_have_verified_what_nobody_did() -> None:
    assert phrases.evidence(_evidence(SourceKind.PROVIDER_DOCS)) == (
        "its own pages, read 2026-11-22, verified by nobody"
    )
    assert phrases.evidence(_evidence(SourceKind.SIGNED_CONTRACT, verified=True)) == (
        "signed contract, read 2026-11-22, verified 2026-11-22 by data protection officer"
    )


def test_what_is_easily_misread_says_what_it_does_not_mean() -> None:
    assert phrases.value("dpa", "available") == "available (on offer, not in force)"
    assert phrases.value("zero_data_retention", "available") == "available (on offer, not granted)"
    assert phrases.value("third_party_access", "none_disclosed").endswith("(silence, not absence)")
    assert phrases.value("dpa", "in_force") == "in force"
    assert phrases.value("third_party_access", "none_disclosed").startswith("none disclosed")


def test_no_text_shows_a_name_that_only_documents_use() -> None:
    for regime, bases in TRANSFER_BASES.items():
        for basis in bases:
            said = phrases.demand(f"transfer_basis.{regime.value}", f"one of {basis}, {basis}")
            assert "_" not in said
            assert said != f"{basis} or {basis}"
    for attribute in ATTRIBUTES.values():
        if attribute.claimed:
            assert not any("_" in phrases.value(attribute.name, v) for v in attribute.values)
    step = "an agreement with A (`a_b`) in force: `dpa` in_force, `training` one of opted_out"
    assert plain_words.step_words(step) == (
        "an agreement with A (`a_b`) in force: processing contract: in force, "
        "training on the data: one of opted out"
    )


def test_a_request_is_told_in_one_line() -> None:
    facts = RequestFacts(
        None,
        MappingProxyType(
            {
                "regime": SetFact(frozenset({"eu_gdpr"}), settled=True),
                "data": SetFact(frozenset({"personal", "child"}), settled=True),
                "features": SetFact(frozenset(), settled=True),
            }
        ),
        MappingProxyType({"stateful": True, "streaming": False, "tokens.input": Decimal(1000)}),
    )
    assert phrases.asked(facts) == (
        "data child, personal; regime eu_gdpr; stateful yes; tokens.input 1000"
    )


def test_small_words() -> None:
    assert phrases.counted(1, "route") == "1 route"
    assert phrases.counted(1234, "rule does", "rules do") == "1,234 rules do"
    assert phrases.names(["a", "b", "c"], last="or") == "`a`, `b` or `c`"
    assert phrases.names([]) == "none"
    assert phrases.demand("logging", "one of a, b") == "a or b"
    assert phrases.demand("storage_location", "within EEA") == "within EEA"
    assert phrases.outcome("denied") == "refused"
    assert phrases.short_digest("sha256:0123456789abcdef") == "sha256:0123456789ab"
    assert phrases.instant(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)) == "2026-01-02 03:04 UTC"
    assert phrases.instant(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02 03:04:05 UTC"


def test_the_option_a_report_names_for_a_fact_exists() -> None:
    options = {f.option for f in FLAGS} | {
        "--tokens-in",
        "--tokens-out",
        "--stateful",
        "--streaming",
    }
    assert {flag(name) for name in FACTS} == options
    assert flag("labels.team") == "--label team=..."


def test_what_is_excluded_is_named_once_and_in_words() -> None:
    wanted = "excluding medical, personal_data and excluding personal_data, code"
    assert phrases.demand("use_restrictions", wanted) == "none of medical, personal data, code"
    assert phrases.demand("certifications", "excluding iso") == "none of iso"
    assert phrases.demand("certifications", "including iso and excluding tia") == (
        "including iso and excluding tia"
    )


def test_no_place_is_told_by_a_word_that_only_documents_use() -> None:
    said = phrases.value("transfer_basis.eu_gdpr", "no basis for US, GLOBAL, places not known")
    assert said == "no basis for US, anywhere, places not known"


def test_places_of_which_the_same_is_found_are_told_together() -> None:
    found = (
        "provider jurisdiction US: not known whether dpf applies",
        "support location AU: none of the bases",
        "inference location GLOBAL: none of the bases",
        "support location IN: none of the bases",
        "support location: not known",
        "storage location: not known",
    )
    said = [phrases.value("transfer_basis.eu_gdpr", text) for text in found]
    assert plain_words.places_words(said) == (
        "country of the operating company, US: not known whether the Data Privacy Framework "
        "applies; where staff look at data from, AU, IN: none of the bases; where the model runs, "
        "anywhere: none of the bases; where staff look at data from, other places: not known; "
        "where data is stored: not known"
    )
