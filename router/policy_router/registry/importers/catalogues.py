"""The catalogues that can be imported, by the name of their format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from policy_router.domain.claim import Basis, SourceKind
from policy_router.registry.importers import litellm, models_dev, openrouter, opper
from policy_router.registry.importers.drafts import Drafts, Origin
from policy_router.registry.importers.strict_json import read_json


@dataclass(frozen=True, slots=True)
class Catalogue:
    """How one catalogue is read. `gateway`: the gateway whose own list it is, if it is one's."""

    title: str
    read: Callable[[object, Origin], Drafts]
    gateway: str | None = None


CATALOGUES: Final[Mapping[str, Catalogue]] = MappingProxyType(
    {
        "opper": Catalogue("Opper, GET /v3/models", opper.read, opper.SELLER),
        "opper-compat": Catalogue("Opper, GET /v3/compat/models", opper.read_compat, opper.SELLER),
        "litellm": Catalogue("LiteLLM's price map, or a wheel that holds it", litellm.read),
        "models-dev": Catalogue("models.dev, api.json", models_dev.read),
        "openrouter": Catalogue(
            "OpenRouter, GET /models", openrouter.read_models, openrouter.SELLER
        ),
        "openrouter-endpoints": Catalogue(
            "OpenRouter, the endpoints of one model", openrouter.read_endpoints, openrouter.SELLER
        ),
        "openrouter-zdr": Catalogue(
            "OpenRouter, endpoints without retention",
            openrouter.read_zero_retention,
            openrouter.SELLER,
        ),
    }
)


def drafts(source: str, data: bytes, reference: str, read_on: date) -> Drafts:
    """What a catalogue says; raises `ImportRefused` if nothing of it may be used.

    A gateway's own list is its catalogue claim; a price file is a third party's.
    """
    catalogue = CATALOGUES[source]
    own = catalogue.gateway is not None
    origin = Origin(
        source,
        SourceKind.GATEWAY_CATALOGUE if own else SourceKind.THIRD_PARTY,
        Basis.AGGREGATOR_CONTRACT if own else Basis.PUBLIC_TERMS,
        reference,
        read_on,
    )
    return catalogue.read(read_json(data), origin)
