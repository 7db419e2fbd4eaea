"""What is claimed of providers: facts read by hand off their pages, and findings that must bite."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from policy_router.domain.claim import EvidenceDemand, Members, SourceKind
from policy_router.domain.decision import Determination, Verdict
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide
from policy_router.language.facts import request_facts
from policy_router.registry.hops import route_knowledge
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint
from policy_router.store.project import load_project
from tests.data.test_worked_example import NOON, TODAY

PACKS = ("eu-residency", "gdpr", "terms-of-use", "zero-retention")
ANTHROPIC_30_DAYS = "https://support.claude.com/en/articles/15425996"
PERSONAL = {"data": ["personal"], "regime": ["eu_gdpr"]}
HEALTH = {
    "data": ["health"],
    "regime": ["eu_gdpr"],
    "purpose": "patient-letters",
    "lawful_basis": "A6-1-b",
    "special_condition": "A9-2-h",
}


@cache
def engine() -> Engine:
    return Engine(load_project(today=TODAY, packs=PACKS).snapshot)


def snapshot() -> Snapshot:
    return engine().snapshot


def spoken(route: str, attribute: str) -> tuple[object, str, str]:
    """Value, kind of source and reference of what speaks at the provider of a route."""
    found = snapshot().registry.routes[route]
    known = knowledge(Standpoint(snapshot().registry, NOON), found, found.provider, attribute)
    assert known.claim is not None
    value = known.value
    if isinstance(value, Members):
        shown = " ".join(sorted(value.certain))
        value = f"at least {shown}" if value.open else shown
    return value, str(known.claim.evidence.kind), known.claim.evidence.reference


FACTS = [
    # route, attribute, value, kind of source, how its reference begins
    (
        "direct-openai:o4-mini",
        "retention_days",
        30,
        "provider_docs",
        "https://developers.openai.com/",
    ),
    (
        "direct-openai:o4-mini",
        "inference_location",
        "GLOBAL",
        "provider_docs",
        "https://developers.openai.com/",
    ),
    (
        "direct-openai:o4-mini",
        "provider_jurisdiction",
        "IE US",
        "provider_docs",
        "https://openai.com/policies/services-agreement/",
    ),
    (
        "direct-openai:o4-mini",
        "training",
        "off_by_default",
        "provider_docs",
        "https://openai.com/policies/services-agreement/",
    ),
    (
        "direct-openai:o4-mini",
        "caching",
        "organisation",
        "third_party",
        "https://developers.openai.com/docs/guides/prompt-caching",
    ),
    (
        "direct-openai-us:gpt-5.5",
        "inference_location",
        "US",
        "provider_docs",
        "https://developers.openai.com/",
    ),
    (
        "azure-eu:gpt-4o",
        "inference_location",
        "at least CH DE ES FR IT NL NO PL SE",
        "provider_docs",
        "https://learn.microsoft.com/",
    ),
    (
        "azure-eu:gpt-4o",
        "support_location",
        "GLOBAL",
        "provider_docs",
        "https://learn.microsoft.com/",
    ),
    ("azure-eu:gpt-4o", "retention_days", None, "provider_docs", "https://learn.microsoft.com/"),
    (
        "azure-eu:gpt-4o",
        "zero_data_retention",
        "available",
        "provider_docs",
        "https://learn.microsoft.com/",
    ),
    (
        "direct-bedrock-eu-west-1:minimax.minimax-m2.5",
        "provider_jurisdiction",
        "at least LU",
        "provider_docs",
        "https://docs.aws.amazon.com/",
    ),
    (
        "direct-bedrock-eu:eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "inference_location",
        "DE ES FR IE IT SE",
        "provider_docs",
        "https://",
    ),
    (
        "direct-bedrock-eu:eu.anthropic.claude-3-7-sonnet-20250219-v1:0",
        "inference_location",
        "DE FR IE SE",
        "provider_docs",
        "https://",
    ),
    (
        "direct-bedrock-eu:eu.anthropic.claude-fable-5",
        "retention_days",
        30,
        "provider_docs",
        "https://docs.aws.amazon.com/",
    ),
    (
        "direct-bedrock-eu:eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "retention_days",
        0,
        "provider_docs",
        "https://docs.aws.amazon.com/",
    ),
    (
        "direct-anthropic:claude-opus-5",
        "training",
        "prohibited",
        "provider_docs",
        "https://www.anthropic.com/",
    ),
    ("direct-anthropic:claude-opus-5", "retention_days", 730, "third_party", "https://"),
    (
        "direct-anthropic:claude-opus-5",
        "support_location",
        "at least CA US ZA",
        "provider_docs",
        "https://www.anthropic.com/subprocessors",
    ),
    (
        "direct-anthropic:claude-fable-5",
        "zero_data_retention",
        "unavailable",
        "provider_docs",
        ANTHROPIC_30_DAYS,
    ),
    (
        "direct-gemini:gemini-2.5-flash",
        "retention_days",
        55,
        "provider_docs",
        "https://ai.google.dev/",
    ),
    ("direct-vertex:gemini-2.5-flash", "retention_days", 90, "provider_docs", "https://"),
    ("direct-mistral:mistral-large-2512", "inference_location", "GLOBAL", "provider_docs", "https"),
    ("direct-mistral:mistral-large-2512", "retention_days", 30, "provider_docs", "https://legal."),
    (
        "direct-cohere:command-a-03-2025",
        "training",
        "used",
        "provider_docs",
        "https://cohere.com/",
    ),
    ("direct-scaleway:gemma-3-27b-it", "inference_location", "FR", "provider_docs", "https://"),
    ("direct-scaleway:gemma-3-27b-it", "retention_days", 14, "provider_docs", "https://"),
    ("direct-ovhcloud:gpt-oss-120b", "retention_days", 0, "provider_docs", "https://"),
    (
        "direct-nebius:moonshotai/Kimi-K2.5",
        "support_location",
        "at least CZ DE GB IL RS US",
        "provider_docs",
        "https://docs.tokenfactory.nebius.com/",
    ),
    ("direct-nebius:moonshotai/Kimi-K2.5", "training", "used", "provider_docs", "https://"),
    ("direct-berget:zai-org/GLM-4.7", "human_review", "none", "provider_docs", "https://"),
    ("direct-deepseek:deepseek-chat", "inference_location", "CN", "provider_docs", "https://"),
    ("direct-deepinfra:Qwen/Qwen3-Max", "human_review", "sampled", "provider_docs", "https://"),
    ("direct-databricks:databricks-gpt-5", "retention_days", None, "provider_docs", "https://"),
    ("direct-databricks:databricks-glm-5-2", "retention_days", 30, "provider_docs", "https://"),
    ("direct-mistral:labs-leanstral-1-5", "training", "used", "provider_docs", "https://legal."),
    (
        "direct-ovhcloud:gpt-oss-120b",
        "training",
        "prohibited",
        "third_party",
        "https://docs.prisme",
    ),
    (
        "direct-scaleway:gemma-3-27b-it",
        "logging",
        "abuse_monitoring",
        "provider_docs",
        "https://www.scaleway.com/",
    ),
    ("direct-xai-us:grok-4.6", "inference_location", "US", "provider_docs", "https://docs.x.ai/"),
    ("direct-zai:glm-4.5", "inference_location", "SG", "third_party", "https://infercheck.eu/"),
    (
        "direct-together:deepseek-ai/DeepSeek-V3.1",
        "use_restrictions",
        "financial medical sensitive_personal_data",
        "provider_docs",
        "https://www.together.ai/terms-of-service",
    ),
]


@pytest.mark.parametrize(
    ("route", "attribute", "value", "kind", "page"), FACTS, ids=lambda fact: str(fact)[:60]
)
def test_a_fact(route: str, attribute: str, value: object, kind: str, page: str) -> None:
    found = spoken(route, attribute)
    assert (found[0], found[1]) == (value, kind)
    assert found[2].startswith(page)


def decided(route: str, request: Mapping[str, object]) -> dict[str, Verdict]:
    """The verdicts on one route, which the definition and the engine must agree on."""
    facts = request_facts({"model": route, **request})
    found = decide(snapshot(), facts, NOON)
    assert _verdicts(engine().decide(facts, NOON).determination()) == _verdicts(found)
    return _verdicts(found)


def _verdicts(found: Determination) -> dict[str, Verdict]:
    (candidate,) = found.candidates
    assert not candidate.permitted
    return {f"{v.policy}/{v.rule}": v.verdict for v in candidate.verdicts}


def test_a_data_zone_with_norway_and_switzerland_fails_residency_in_the_eu() -> None:
    verdicts = decided("azure-eu:gpt-4o", PERSONAL)
    assert verdicts["eu-residency/computed-in-the-eea"] is Verdict.FAIL


@pytest.mark.parametrize(
    ("gateway", "added"), [("from-ch", "CH"), ("from-gb", "GB"), ("from-il", "IL")]
)
def test_a_profile_that_adds_a_country_by_where_it_is_called_from_fails(
    gateway: str, added: str
) -> None:
    profile = "eu.anthropic.claude-sonnet-4-20250514-v1:0"
    inside = decided(f"direct-bedrock-eu:{profile}", PERSONAL)
    assert inside["eu-residency/computed-in-the-eea"] is Verdict.PASS
    route = f"direct-bedrock-eu-{gateway}:{profile}"
    assert added in str(spoken(route, "inference_location")[0])
    assert decided(route, PERSONAL)["eu-residency/computed-in-the-eea"] is Verdict.FAIL


def test_a_profile_nobody_lists_is_unknown_and_refused() -> None:
    verdicts = decided("direct-bedrock-eu:eu.anthropic.claude-opus-5", PERSONAL)
    assert verdicts["eu-residency/computed-in-the-eea"] is Verdict.UNKNOWN


def test_a_zone_that_a_page_only_names_is_unknown_to_packs() -> None:
    verdicts = decided("direct-openai-eu:gpt-5.5", PERSONAL)
    assert verdicts["eu-residency/computed-in-the-eea"] is Verdict.UNKNOWN
    route = snapshot().registry.routes["direct-openai-eu:gpt-5.5"]
    weak = Standpoint(snapshot().registry, NOON, EvidenceDemand(at_least=SourceKind.INFERRED))
    places = route_knowledge(weak, route, "inference_location").value
    assert isinstance(places, Members)
    assert len(places.certain) == 31


def test_a_model_that_its_maker_excludes_has_no_zero_retention_anywhere() -> None:
    for route in (
        "direct-anthropic:claude-fable-5",
        "direct-bedrock-eu:eu.anthropic.claude-fable-5",
        "direct-vertex:claude-fable-5",
        "azure-foundry:claude-fable-5",
        "direct-databricks:databricks-claude-fable-5",
        "direct-deepinfra:anthropic/claude-fable-5",
        "opper:anthropic/claude-fable-5",
    ):
        verdicts = decided(route, PERSONAL)
        assert verdicts["zero-retention/promise-in-force"] is Verdict.FAIL, route


BLANKET = """
kind: agreement
id: blanket
language: 1
with: [anthropic-api]
document: TEST
from: 2026-01-01
recorded_on: 2026-01-01
read_on: 2026-01-01
covers: {models: ["anthropic/*"]}
terms: {zero_data_retention: granted, retention_days: 0, logging: metadata}
"""


def test_a_blanket_contract_does_not_reach_a_model_that_its_maker_excludes(tmp_path: Path) -> None:
    """It names no model: what holds of the line stands, what was general is bettered."""
    own = tmp_path / "own.yaml"
    own.write_text(BLANKET, encoding="utf-8")
    loaded = load_project(today=TODAY, packs=("zero-retention",), extra=(own,))
    under = {}
    for model in ("claude-opus-5", "claude-fable-5"):
        facts = request_facts({"model": f"direct-anthropic:{model}", **PERSONAL})
        (candidate,) = decide(loaded.snapshot, facts, NOON).candidates
        under[model] = {v.rule: v.verdict for v in candidate.verdicts}["promise-in-force"]
    assert under == {"claude-opus-5": Verdict.PASS, "claude-fable-5": Verdict.UNKNOWN}


def test_terms_that_forbid_medical_data_refuse_them() -> None:
    verdicts = decided("direct-together:deepseek-ai/DeepSeek-V3.1", HEALTH)
    assert verdicts["terms-of-use/health-where-allowed"] is Verdict.FAIL


def test_terms_that_forbid_personal_data_unless_nothing_is_kept_refuse_them() -> None:
    verdicts = decided("direct-xai:grok-4.6", PERSONAL)
    assert verdicts["terms-of-use/personal-data-where-allowed"] is Verdict.FAIL


def test_zero_days_on_one_page_and_not_on_another_is_unknown() -> None:
    value, _, _ = spoken("direct-perplexity:sonar", "retention_days")
    assert value is None


def test_whoever_stands_behind_an_aggregator_is_unknown() -> None:
    verdicts = decided("openrouter:openai/o4-mini", PERSONAL)
    assert verdicts["zero-retention/nothing-kept"] is Verdict.UNKNOWN
    assert verdicts["gdpr/processor-contract"] is Verdict.UNKNOWN


def test_a_model_is_found_at_all_its_gateways() -> None:
    found = decide(snapshot(), request_facts({"model": "openai/o4-mini", **PERSONAL}), NOON)
    gateways = {snapshot().registry.routes[c.route].gateway for c in found.candidates}
    assert gateways == {
        "azure-eu",
        "azure-global",
        "azure-us",
        "direct-openai",
        "openrouter",
        "opper",
        "vercel-ai-gateway",
    }


BEHIND_OPENROUTER_IN_EUROPE = """
kind: route
id: openrouter-eu:openai/o4-mini
language: 1
model: openai/o4-mini
gateway: openrouter-eu
provider: openrouter-eu-upstream
address: openai/o4-mini
stage: unknown
sources:
  answer: {kind: provider_docs, basis: public_terms, reference: TEST, read_on: 2026-11-22}
claims:
  openrouter-eu-upstream:
    inference_location: {value: [FR], source: answer}
"""


def test_a_europe_with_the_united_kingdom_and_switzerland_fails_the_eea(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(BEHIND_OPENROUTER_IN_EUROPE, encoding="utf-8")
    loaded = load_project(today=TODAY, packs=("eu-residency",), extra=(own,))
    facts = request_facts({"model": "openrouter-eu:openai/o4-mini", **PERSONAL})
    verdicts = _verdicts(decide(loaded.snapshot, facts, NOON))
    assert verdicts["eu-residency/computed-in-the-eea"] is Verdict.FAIL
