"""The lists of places that a page prints: all that a claim better than `inferred` may write out.

A vendor's zone ("EU", "Europe", "eu.") is a list of countries only where its page prints that
list. Where it does not, whoever writes the members out infers them, and the claim says so.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Printed(NamedTuple):
    """Which list of countries a page prints, and how."""

    reference: str
    members: str
    words: str


_ALIBABA = "https://www.alibabacloud.com/help/en/model-studio/regions"
_ANTHROPIC = "https://www.anthropic.com/subprocessors"
_AZURE = "https://learn.microsoft.com/azure/foundry/foundry-models/concepts/deployment-types"
_BEDROCK = "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html"
_IBM = "https://ibm.github.io/watsonx-ai-python-sdk/setup_cloud.html"
_NEBIUS = "https://docs.tokenfactory.nebius.com/legal/subprocessors.md"
_NEBIUS_TWO = "https://www.bolna.ai/docs/custom-llm-inference/nebius"
_OPENAI = "https://openai.com/policies/sub-processor-list/"
_OPENAI_STAFF = "AE AU BR CA CH DE FR GB ID IE IN IT JP KR NL PH SE SG US ZA"
_OPENROUTER = "https://openrouter.ai/ja/business/eu"
_TENSORX = "https://tensorx.ai/trust-security/"

_NEW, _MIDDLE, _OLD = "DE ES FR IE IT SE", "DE FR IE SE", "DE FR IE"
_SONNET_4 = "destination regions of the `eu.` profile of Claude Sonnet 4"


def _profiles() -> dict[str, list[Printed]]:
    """Return the destination regions of Bedrock's `eu.` profiles, by who is called from where."""
    lists = [
        Printed(_BEDROCK, f"{members} {added}".strip(), f"destination regions, {where}")
        for members in (_NEW, _MIDDLE, _OLD)
        for added, where in (
            ("", "called from a region in the European Union"),
            ("CH", "called from eu-central-2, Zurich"),
            ("GB", "called from eu-west-2, London"),
        )
    ]
    lists.append(
        Printed(_BEDROCK, f"{_NEW} IL", f"{_SONNET_4}, called from il-central-1, Tel Aviv")
    )
    return {"inference_location": lists, "storage_location": lists}


PRINTED: Final[dict[tuple[str, str], list[Printed]]] = {
    ("alibaba-model-studio-intl", "storage_location"): [
        Printed(
            _ALIBABA, "DE HK SG US", "table of regions: Singapore, Virginia, Frankfurt, Hong Kong"
        )
    ],
    **{
        (offering, "support_location"): [
            Printed(_ANTHROPIC, "CA US ZA", "column of places of those that give support")
        ]
        for offering in ("anthropic-api", "anthropic-api-us-geo")
    },
    **{("aws-bedrock-eu-cris", place): lists for place, lists in _profiles().items()},
    ("azure-openai-datazone-eu", "inference_location"): [
        Printed(
            _AZURE, "CH DE ES FR IT NL NO PL SE", "table of regions of the data zone for the EU"
        )
    ],
    ("ibm-watsonx", "inference_location"): [
        Printed(_IBM, "AU CA DE GB IN JP US", "table of addresses, one for each region")
    ],
    **{
        (offering, "support_location"): [
            Printed(_NEBIUS, "CZ DE GB IL RS US", "table of the companies of the group")
        ]
        for offering in ("nebius-token-factory", "nebius-token-factory-dedicated-eu")
    },
    ("nebius-token-factory-dedicated-eu", "inference_location"): [
        Printed(_NEBIUS_TWO, "FI FR", "two regions to choose from: eu-north1 and eu-west1")
    ],
    **{
        (offering, "support_location"): [
            Printed(_OPENAI, _OPENAI_STAFF, "column of places of those that give support")
        ]
        for offering in ("openai-api", "openai-api-eu-residency", "openai-api-us-residency")
    },
    ("openrouter-eu", "inference_location"): [
        Printed(_OPENROUTER, "CH GB", "the sentence that names the two countries outside the EEA")
    ],
    ("tensorx-api", "inference_location"): [
        Printed(_TENSORX, "FI IE", "the data centres in Dublin and Helsinki")
    ],
}
"""By offering and attribute. Whoever adds one has read the page and found the list on it."""
