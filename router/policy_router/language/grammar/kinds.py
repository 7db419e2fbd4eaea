"""Every kind of document and its shape."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policy_router.language.grammar.body import DocumentBody
from policy_router.language.grammar.contracts import AgreementBody, SignoffBody
from policy_router.language.grammar.law import AdequacyBody, TerritoryBody
from policy_router.language.grammar.lists import ModelsBody, RoutesBody
from policy_router.language.grammar.places import GatewayBody, ModelBody, ProviderBody, RouteBody
from policy_router.language.grammar.policies import AliasBody, ExceptionBody, PolicyBody
from policy_router.language.grammar.projects import (
    CallerBody,
    ProjectBody,
    ScenarioBody,
    SuiteBody,
)
from policy_router.language.grammar.updates import UpdateBody
from policy_router.language.grammar.upkeep import SuspensionBody, VerificationBody

KINDS: Final[Mapping[str, type[DocumentBody]]] = MappingProxyType(
    {
        "project": ProjectBody,
        "policy": PolicyBody,
        "exception": ExceptionBody,
        "alias": AliasBody,
        "caller": CallerBody,
        "scenario": ScenarioBody,
        "suite": SuiteBody,
        "gateway": GatewayBody,
        "provider": ProviderBody,
        "model": ModelBody,
        "models": ModelsBody,
        "route": RouteBody,
        "routes": RoutesBody,
        "update": UpdateBody,
        "agreement": AgreementBody,
        "signoff": SignoffBody,
        "territory": TerritoryBody,
        "adequacy": AdequacyBody,
        "suspension": SuspensionBody,
        "verification": VerificationBody,
    }
)
