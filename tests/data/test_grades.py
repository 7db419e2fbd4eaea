"""No claim is graded better than its source, and policies that ask for better do not count it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from policy_router.domain.claim import EvidenceDemand, Gap, SourceKind
from policy_router.domain.vocabulary import CLAIMED_ATTRIBUTES, AttributeKind
from policy_router.language.grammar.claims import RecordBody, SourceBody
from policy_router.language.grammar.places import GatewayBody, ModelBody, ProviderBody, RouteBody
from policy_router.registry.hops import hops_of
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint
from tests.data.shipped import records, shipped, shown
from tests.data.test_posture import snapshot
from tests.data.test_worked_example import NOON

COUNTS = SourceKind.GATEWAY_CATALOGUE
"""The least that the packs demand."""

OWN_PAGES = {
    "alibaba": {"www.alibabacloud.com"},
    "aleph-alpha": {"www.aleph-alpha.com"},
    "amazon": {"docs.aws.amazon.com", "platform.claude.com"},
    "anthropic": {
        "www.anthropic.com", "platform.claude.com", "support.claude.com", "privacy.claude.com",
        "learn.microsoft.com", "docs.aws.amazon.com",
    },
    "berget": {"github.com/OpenTermsArchive"},
    "cerebras": {"inference-docs.cerebras.ai", "cloud.cerebras.ai", "support.cerebras.net"},
    "chutes": {"chutes.ai"},
    "cloudflare": {"www.cloudflare.com", "developers.cloudflare.com"},
    "cohere": {"cohere.com", "cohere-inc.secureframetrust.com"},
    "cortecs": {"cortecs.ai"},
    "databricks": {"www.databricks.com", "docs.databricks.com"},
    "deepinfra": {"deepinfra.com", "docs.deepinfra.com"},
    "deepseek": {"cdn.deepseek.com"},
    "edgeless-systems": {"www.privatemode.ai", "docs.privatemode.ai"},
    "eurouter": {"www.eurouter.ai", "github.com/EUrouter"},
    "evroc": {"evroc.com"},
    "fireworks": {"fireworks.ai", "docs.fireworks.ai"},
    "google": {"cloud.google.com", "docs.cloud.google.com", "ai.google.dev"},
    "greenpt": {"develop.docs.greenpt.ai"},
    "groq": {"console.groq.com"},
    "huggingface": {"huggingface.co"},
    "ibm": {"dataplatform.cloud.ibm.com", "ibm.github.io"},
    "inceptron": {"www.inceptron.io"},
    "ionos": {"docs.ionos.com"},
    "microsoft": {"learn.microsoft.com", "platform.claude.com"},
    "mistral": {"docs.mistral.ai", "legal.mistral.ai", "github.com/mistralai"},
    "nebius": {"docs.studio.nebius.com", "docs.tokenfactory.nebius.com"},
    "openai": {"openai.com", "developers.openai.com"},
    "openrouter": {"openrouter.ai", "openrouter.zendesk.com"},
    "openrouter-eu": {"openrouter.ai", "openrouter.zendesk.com"},
    "opper": {"opper.ai", "docs.opper.ai"},
    "ovhcloud": {"www.ovhcloud.com", "github.com/ovh"},
    "parasail": {"docs.parasail.io"},
    "perplexity": {"www.perplexity.ai", "docs.perplexity.ai"},
    "portkey-cloud": {"portkey.ai"},
    "requesty": {"www.requesty.ai", "github.com/requestyai"},
    "scaleway": {"www.scaleway.com"},
    "seeweb": {"regolo.ai"},
    "snowflake": {"docs.snowflake.com", "github.com/Snowflake-Labs"},
    "stackit": {"stackit.com", "stackit.de"},
    "tensorx": {"tensorx.ai"},
    "together": {"www.together.ai", "docs.together.ai"},
    "vercel-ai-gateway": {"vercel.com"},
    "xai": {"x.ai", "docs.x.ai"},
}  # fmt: skip
"""Where each company publishes. A cloud and the maker whose models it sells publish about each
other's part; Open Terms Archive holds copies of terms, word for word.
"""

PRICE_FILES = re.compile(r"litellm|models\.dev|genai-prices|price file", re.IGNORECASE)
FROM_LESS = re.compile(
    r"known only from others|^follows from|; follows from|from an older copy|from an old |"
    r"from a form of|a form of 20|^an advertisement|names a group of|names groups of|"
    r"the page names the company, not who owns it|no page that was read prints it"
)
"""How a note says that a value was not read off a page of the company as it is today."""

PLACES = {a.name for a in CLAIMED_ATTRIBUTES if a.kind is AttributeKind.COUNTRIES}
Claimed = tuple[str, str, RecordBody, SourceBody]


def offerings() -> Iterator[Claimed]:
    """Company, attribute, claim and source of what is claimed of offerings and gateways."""
    for provider in shipped(ProviderBody):
        for attribute, record in records(provider.claims):
            yield (
                provider.operator or provider.id,
                attribute,
                record,
                provider.sources[record.source],
            )
    for gateway in shipped(GatewayBody):
        for attribute, record in records(gateway.claims):
            yield gateway.id, attribute, record, gateway.sources[record.source]


def on_routes() -> Iterator[Claimed]:
    for route in shipped(RouteBody):
        for claims in route.claims.values():
            for attribute, record in records(claims):
                yield route.gateway, attribute, record, route.sources[record.source]


def of_models() -> Iterator[Claimed]:
    for model in shipped(ModelBody):
        for attribute, record in records(model.claims):
            yield model.id, attribute, record, model.sources[record.source]


def everywhere() -> Iterator[Claimed]:
    yield from offerings()
    yield from on_routes()
    yield from of_models()


def published_at(source: SourceBody) -> str:
    """The host of a source, and whose folder it is on a host that many share."""
    address = urlsplit(source.reference)
    owner = address.path.split("/")[1] if address.netloc == "github.com" else ""
    return f"{address.netloc}/{owner}" if owner else address.netloc


def test_what_counts_as_the_companys_own_page_is_one_of_its_pages() -> None:
    elsewhere = {
        (company, source.reference)
        for company, _, _, source in offerings()
        if source.kind is SourceKind.PROVIDER_DOCS and source.reference.startswith("http")
        and published_at(source) not in OWN_PAGES.get(company, set())
    }  # fmt: skip
    assert elsewhere == set()


def test_every_company_whose_pages_are_listed_is_claimed_something_of() -> None:
    assert set(OWN_PAGES) <= {company for company, _, _, _ in offerings()}


def test_a_price_file_is_no_source_of_what_happens_to_data() -> None:
    taken = [
        (of, attribute, shown(record))
        for of, attribute, record, source in everywhere()
        if PRICE_FILES.search(source.reference) and source.kind is not SourceKind.INFERRED
    ]
    assert taken == []


def test_a_place_that_stands_in_a_name_or_a_key_only_is_inferred() -> None:
    named = [
        (source.kind, attribute)
        for _, attribute, _, source in on_routes()
        if attribute in PLACES and PRICE_FILES.search(source.reference)
    ]
    assert named
    assert set(named) <= {(SourceKind.INFERRED, name) for name in PLACES}


def test_what_follows_from_something_else_is_not_graded_as_read() -> None:
    better = [
        (of, attribute, record.note)
        for of, attribute, record, source in everywhere()
        if record.note and FROM_LESS.search(record.note)
        and source.kind.weight >= COUNTS.weight and getattr(record, "value", None) is not None
    ]  # fmt: skip
    assert better == []


def test_a_catalogue_speaks_of_routes_behind_its_gateway_only() -> None:
    speakers = {
        of for of, _, _, source in everywhere() if source.kind is SourceKind.GATEWAY_CATALOGUE
    }
    assert speakers == {"opper"}
    assert not any(source.kind is SourceKind.GATEWAY_CATALOGUE for *_, source in offerings())


@pytest.mark.parametrize("kind", [k for k in SourceKind if k.weight < COUNTS.weight], ids=str)
def test_what_comes_from_less_is_not_known_to_a_policy_that_asks_for_more(kind: SourceKind) -> None:
    """At a route of each gateway and provider: what speaks there is unknown, whatever it says."""
    registry, tried = snapshot().registry, 0
    plain = Standpoint(registry, NOON)
    asking = Standpoint(registry, NOON, EvidenceDemand(at_least=COUNTS))
    routes = {(route.gateway, route.provider): route for route in registry.routes.values()}
    for route in routes.values():
        for hop in hops_of(registry, route):
            for spec in CLAIMED_ATTRIBUTES:
                spoken = knowledge(plain, route, hop, spec.name)
                if spoken.value is None or spoken.claim is None:
                    continue
                if spoken.claim.evidence.kind is kind:
                    tried += 1
                    found = knowledge(asking, route, hop, spec.name)
                    assert (found.value, found.gap) == (None, Gap.WEAK_SOURCE), (route.id, spec)
    assert tried
