"""Documents of the registry as its values: references, instants, evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from policy_router.domain.claim import Basis, Claim, Listing, Members, SourceKind, Validity
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.price import PriceTable, PriceTier, Window
from policy_router.domain.route import KeySource
from policy_router.domain.territory import Membership, Scope
from tests.unit.documents import HOPS, TERRITORIES, build, sound

SOURCES = """
sources:
  page: {kind: provider_docs, reference: x, basis: public_terms, read_on: 2026-03-01}
  known:
    kind: third_party
    reference: price file
    basis: public_terms
    read_on: 2026-03-01
    recorded_on: 2026-04-01
  soc:
    kind: attestation
    reference: report
    basis: public_terms
    read_on: 2026-03-01
    scope: the service
    from: 2025-01-01
    until: 2025-12-31
"""


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def provider(claims: str) -> str:
    return f"kind: provider\nid: p\nlanguage: 1\ntitle: P\n{SOURCES}claims:\n{claims}"


def claims(text: str) -> tuple[Claim, ...]:
    return sound(provider(text)).registry.providers["p"].claims


def claim(text: str) -> Claim:
    (found,) = claims(f"  {text}\n")
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("training: {value: used, source: page}", "used"),
        ("retention_days: {value: 30, source: page}", Decimal(30)),
        ("retention_days: {value: 0, source: page}", Decimal(0)),
        ("inference_location: {value: [SE, DE], source: page}", Members(frozenset({"SE", "DE"}))),
        ("inference_location: {value: [GLOBAL], source: page}", Members(frozenset({"GLOBAL"}))),
        (
            "storage_location: {at_least: [SE], source: page}",
            Members(frozenset({"SE"}), open=True),
        ),
        ("certifications: {value: [], source: page}", Members(frozenset())),
        ("support_location: {value: null, source: page}", None),
        ("dpa: {value: , source: page}", None),
        (
            "dpf: {value: {entity: P Inc., status: active, covers: [hr]}, source: page}",
            Listing("P Inc.", "active", frozenset({"hr"}), frozenset()),
        ),
    ],
)
def test_values(text: str, value: object) -> None:
    assert claim(text).value == value


def test_a_claim_holds_from_the_day_its_source_was_read() -> None:
    found = claim("training: {value: used, source: page}")
    assert found.validity == Validity(day(2026, 3, 1), None)
    assert found.recorded == day(2026, 3, 1)
    assert found.evidence.kind is SourceKind.PROVIDER_DOCS
    assert found.evidence.read_on == date(2026, 3, 1)


def test_until_a_day_includes_it_and_until_an_instant_does_not() -> None:
    dated = claim("training: {value: used, source: page, from: 2026-01-01, until: 2026-06-30}")
    assert dated.validity == Validity(day(2026, 1, 1), day(2026, 7, 1))
    timed = claim(
        "training: {value: used, source: page, until: 2026-06-30T02:00:00+02:00}"
    ).validity
    assert timed == Validity(day(2026, 3, 1), day(2026, 6, 30))


@pytest.mark.parametrize(
    ("text", "recorded"),
    [
        ("training: {value: used, source: page}", day(2026, 3, 1)),
        ("training: {value: used, source: known}", day(2026, 4, 1)),
        ("training: {value: used, source: known, recorded_on: 2026-05-01}", day(2026, 5, 1)),
    ],
)
def test_when_a_claim_was_recorded(text: str, recorded: datetime) -> None:
    assert claim(text).recorded == recorded


def test_what_was_verified_was_recorded_then() -> None:
    text = provider("  training: {value: used, source: page}\n").replace(
        "read_on: 2026-03-01}\n  known",
        "read_on: 2026-03-01, verified_on: 2026-03-05, "
        "verified_by: data protection officer}\n  known",
    )
    (found,) = sound(text).registry.providers["p"].claims
    assert found.recorded == day(2026, 3, 5)
    assert found.evidence.fresh_on == date(2026, 3, 5)
    assert found.evidence.verified_by == "data protection officer"


@pytest.mark.parametrize(
    ("text", "validity"),
    [
        ("source: soc", Validity(day(2025, 1, 1), day(2026, 1, 1))),
        ("source: soc, from: 2025-03-01", Validity(day(2025, 3, 1), day(2026, 1, 1))),
        ("source: soc, from: 2024-03-01", Validity(day(2025, 1, 1), day(2026, 1, 1))),
        ("source: soc, until: 2027-03-01", Validity(day(2025, 1, 1), day(2026, 1, 1))),
        ("source: soc, until: 2025-03-01", Validity(day(2025, 1, 1), day(2025, 3, 2))),
    ],
)
def test_an_attestation_speaks_of_its_own_period_only(text: str, validity: Validity) -> None:
    assert claim(f"certifications: {{value: [soc2_type2], {text}}}").validity == validity


def test_several_records_of_one_attribute_are_kept_in_order() -> None:
    text = provider(
        "  training:\n"
        "    - {value: used, source: page, until: 2026-06-30}\n"
        "    - {value: prohibited, source: page, from: 2026-07-01, covers: [acme/one], note: why}\n"
        "  logging: {value: none, source: page}\n"
    )
    found = sound(text, HOPS).registry.providers["p"].claims
    assert [c.value for c in found] == ["used", "prohibited", "none"]
    assert [c.span.line for c in found] == [24, 25, 26]
    assert (found[1].covers, found[1].note) == (frozenset({"acme/one"}), "why")


def test_an_unknown_model_that_is_covered_is_a_warning() -> None:
    covered = provider("  training: {value: used, source: page, covers: [acme/on]}\n")
    built = build(HOPS, covered)
    assert built.codes == ["REG308"]
    assert built.diagnostics[0].help == "did you mean `acme/one`?"


def test_hops() -> None:
    registry = sound(HOPS).registry
    route = registry.routes["gw:one"]
    assert (route.model, route.gateway, route.provider) == ("acme/one", "gw", "acme")
    assert route.stage == "ga"
    assert registry.providers["acme"].operator == "acme"
    assert registry.gateways["gw"].adds_hop


@pytest.mark.parametrize(
    "text", ["self_hosted: true\ntype: litellm", "type: direct", "self_hosted: false\ntype: direct"]
)
def test_a_gateway_of_ones_own_adds_no_hop(text: str) -> None:
    gateway = HOPS.replace("type: openai_compatible", text)
    assert not sound(gateway).registry.gateways["gw"].adds_hop


def test_a_gateways_key_is_named_only() -> None:
    gateway = HOPS.replace("base_url:", "key: {env: GW_KEY}\nbase_url:")
    assert sound(gateway).registry.gateways["gw"].key == KeySource(env="GW_KEY")


def test_an_unknown_stage_is_unknown() -> None:
    assert (
        sound(HOPS.replace("stage: ga", "stage: unknown")).registry.routes["gw:one"].stage is None
    )


def test_claims_of_a_route_are_kept_by_hop() -> None:
    text = (
        HOPS
        + SOURCES
        + (
            "claims:\n"
            "  gw: {logging: {value: none, source: page}}\n"
            "  acme: {training: {value: used, source: page}}\n"
        )
    )
    found = dict(sound(text).registry.routes["gw:one"].claims)
    assert {hop: [c.attribute for c in claims] for hop, claims in found.items()} == {
        "gw": ["logging"],
        "acme": ["training"],
    }


def test_a_model_card() -> None:
    card = HOPS.replace(
        "title: One",
        "title: One\nmaker: acme\ncontext_window: 200000\nfeatures: [vision]\nthroughput: 17.5\n"
        "input_modalities: []\nbenchmarks: {mmlu: 83, aime: 99.5}\nsource: page" + SOURCES.rstrip(),
    )
    model = sound(card).registry.models["acme/one"]
    assert (model.maker, model.context_window, model.max_output_tokens) == ("acme", 200000, None)
    assert (model.features, model.input_modalities) == (frozenset({"vision"}), frozenset())
    assert model.output_modalities is None
    assert model.benchmarks == (("aime", Decimal("99.5")), ("mmlu", Decimal(83)))
    assert model.card_source is not None
    assert model.card_source.reference == "x"


def prices(text: str) -> tuple[PriceTable, ...]:
    return sound(HOPS + SOURCES + f"prices:\n{text}").registry.routes["gw:one"].prices


def test_zero_null_and_missing_prices_stay_three_things() -> None:
    (table,) = prices("  - {currency: EUR, source: page, input: 0, output: null}\n")
    assert dict(table.amounts) == {"input": Decimal(0), "output": None}
    assert table.currency == "EUR"
    assert table.validity == Validity(day(2026, 3, 1), None)


def test_prices_are_exact() -> None:
    (table,) = prices("  - {currency: USD, source: page, input: 0.1, output: 1.10}\n")
    assert [str(amount) for _, amount in table.amounts] == ["0.1", "1.10"]


def test_tiers_come_in_order() -> None:
    (table,) = prices(
        "  - currency: USD\n    source: page\n    input: 1\n    tiers:\n"
        "      - {above_input_tokens: 200000, input: 3}\n"
        "      - {above_input_tokens: 1000, input: 2, output: 5}\n"
    )
    assert table.tiers == (
        PriceTier(1000, (("input", Decimal(2)), ("output", Decimal(5)))),
        PriceTier(200000, (("input", Decimal(3)),)),
    )


def test_hours() -> None:
    first, second = prices(
        '  - {currency: USD, source: page, input: 1, hours_utc: {from: "16:30", until: "00:30"}}\n'
        '  - {currency: USD, source: page, input: 2, hours_utc: {from: "00:30", until: "16:30"}}\n'
    )
    assert (first.window, second.window) == (
        Window(time(16, 30), time(0, 30)),
        Window(time(0, 30), time(16, 30)),
    )


@pytest.mark.parametrize(
    ("first", "second", "codes"),
    [
        ("until: 2026-06-30", "from: 2026-07-01", []),
        ("until: 2026-06-30", "from: 2026-06-30", ["REG306"]),
        ("until: 2026-06-30T12:00:00Z", "from: 2026-06-30T12:00:00Z", []),
        ("from: 2027-01-01", "until: 2026-12-31", []),
        ("from: 2026-01-01", "from: 2026-02-01", ["REG306"]),
        ('hours_utc: {from: "22:00", until: "02:00"}', "from: 2026-01-01", ["REG306"]),
        (
            'hours_utc: {from: "22:00", until: "02:00"}',
            'hours_utc: {from: "01:00", until: "03:00"}',
            ["REG306"],
        ),
        (
            'hours_utc: {from: "22:00", until: "02:00"}',
            'hours_utc: {from: "02:00", until: "22:00"}',
            [],
        ),
        (
            'hours_utc: {from: "22:00", until: "02:00"}',
            'hours_utc: {from: "23:00", until: "01:00"}',
            ["REG306"],
        ),
    ],
)
def test_at_most_one_price_holds(first: str, second: str, codes: list[str]) -> None:
    table = "  - {{currency: USD, source: page, input: 1, {}}}\n"
    text = HOPS + SOURCES + "prices:\n" + table.format(first) + table.format(second)
    assert build(text).codes == codes


def test_a_lifecycle_keeps_its_evidence() -> None:
    text = "lifecycle: [{stage: retired, from: 2026-10-23, source: known, successor: acme/two}]\n"
    (event,) = sound(HOPS + SOURCES + text).registry.routes["gw:one"].lifecycle
    assert (event.stage, event.start, event.successor) == ("retired", day(2026, 10, 23), "acme/two")
    assert event.evidence.kind is SourceKind.THIRD_PARTY


def test_territories_have_dates() -> None:
    eu = sound(TERRITORIES).registry.territories["EU"]
    assert Membership("GB", Validity(None, day(2020, 2, 1))) in eu.members
    assert Membership("SE", Validity()) in eu.members


ADEQUACY = "kind: adequacy\nid: a\nlanguage: 1\nregime: eu_gdpr\nconfirmation: stored_source\n"


def test_adequacy_ends_when_it_is_suspended() -> None:
    text = ADEQUACY + (
        "countries: [US]\nscope: certified_recipient\nlist: dpf\nfrom: 2023-07-10\n"
        "until: 2031-12-27\nsuspended_from: 2026-12-01\nread_on: 2026-03-01\n"
    )
    (found,) = sound(text).registry.adequacy
    assert found.validity == Validity(day(2023, 7, 10), day(2026, 12, 1))
    assert found.recorded == day(2026, 3, 1)
    assert (found.scope, found.extension) == (Scope.CERTIFIED_RECIPIENT, "dpf")


def test_adequacy_without_a_start_counts_from_the_day_it_was_read() -> None:
    (found,) = sound(
        ADEQUACY + "countries: [CH]\nscope: whole\nread_on: 2026-03-01\n"
    ).registry.adequacy
    assert found.validity == Validity(day(2026, 3, 1), None)


def test_an_agreement() -> None:
    text = (
        "kind: agreement\nid: dpa\nlanguage: 1\nwith: [acme]\ndocument: DPA-1\n"
        "from: 2026-01-15\nuntil: 2027-01-14\nrecorded_on: 2026-01-20\n"
        'covers: {models: [acme/one], routes: ["gw:*"]}\n'
        "terms: {dpa: in_force, retention_days: 30, inference_location: [US]}\n"
        "clauses: [{mechanism: scc, module: M2}, {mechanism: idta}]\n"
    )
    (found,) = sound(HOPS, text).registry.agreements
    assert found.validity == Validity(day(2026, 1, 15), day(2027, 1, 15))
    assert (found.evidence.kind, found.evidence.basis) == (
        SourceKind.SIGNED_CONTRACT,
        Basis.OUR_CONTRACT,
    )
    assert found.evidence.fresh_on == date(2026, 1, 20)
    assert (found.models, found.routes) == (("acme/one",), ("gw:*",))
    assert dict(found.terms) == {
        "dpa": "in_force",
        "retention_days": Decimal(30),
        "inference_location": Members(frozenset({"US"})),
    }
    assert found.clauses == (Clause(Mechanism.SCC, "M2"), Clause(Mechanism.IDTA))


def test_an_agreement_may_be_with_an_operating_company() -> None:
    text = (
        "kind: agreement\nid: dpa\nlanguage: 1\nwith: [acme-group]\ndocument: DPA-1\n"
        "from: 2026-01-15\nrecorded_on: 2026-01-20\nread_on: 2026-05-01\n"
        'covers: {models: ["*"]}\nterms: {dpa: in_force}\n'
    )
    assert build(HOPS, text).codes == ["REG311"]
    group = HOPS.replace("title: Acme", "title: Acme\noperator: acme-group")
    (found,) = sound(group, text).registry.agreements
    assert found.evidence.fresh_on == date(2026, 5, 1)


def test_a_signoff() -> None:
    text = (
        "kind: signoff\nid: t\nlanguage: 1\ntype: tia\nstatus: rejected\n"
        "covers: {importers: [acme], countries: [US], data: [personal], "
        'purposes: ["*"], tenants: [support]}\n'
        "from: 2026-01-01\nuntil: 2026-12-31\nrecorded_on: 2026-01-02\n"
        "by: data protection officer\nreference: TIA-1\n"
    )
    (found,) = sound(HOPS, text).registry.signoffs
    assert not found.approved
    assert (found.importers, found.countries) == (frozenset({"acme"}), frozenset({"US"}))
    assert (found.purposes, found.tenants) == (("*",), ("support",))
    assert found.validity == Validity(day(2026, 1, 1), day(2027, 1, 1))


@pytest.mark.parametrize("key", ["read_on", "verified_on", "recorded_on"])
def test_nothing_is_read_verified_or_recorded_in_the_future(key: str) -> None:
    source = {"read_on": "2026-01-01", "verified_on": "2026-01-01", "recorded_on": "2026-01-01"}
    for value, codes in (("2026-11-23", []), ("2026-11-24", ["REG307"])):
        keys = ", ".join(f"{k}: {v}" for k, v in {**source, key: value}.items())
        text = (
            "kind: provider\nid: p\nlanguage: 1\ntitle: P\nsources:\n"
            "  s: {kind: provider_docs, reference: x, basis: public_terms, "
            f"verified_by: auditor, {keys}}}\n"
        )
        assert build(text).codes == codes


def test_a_gateway_and_a_provider_do_not_share_an_id() -> None:
    assert build(
        HOPS.replace("id: acme\n", "id: gw\n").replace("provider: acme", "provider: gw")
    ).codes == ["REG309"]
