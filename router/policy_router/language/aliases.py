"""Aliases: virtual model names, each as the models it stands for."""

from __future__ import annotations

from collections.abc import Mapping

from policy_router.domain.policy import Alias
from policy_router.language.circles import reached
from policy_router.language.draft import Draft
from policy_router.language.grammar.policies import AliasBody
from policy_router.language.text import quoted


def aliases_of(drafts: Mapping[str, Draft[AliasBody]]) -> tuple[Alias, ...]:
    """Every alias with its models, best first, each once."""
    leads_to = {name: draft.body.models for name, draft in drafts.items()}
    return tuple(_alias(draft, leads_to) for _, draft in sorted(drafts.items()))


def _alias(draft: Draft[AliasBody], leads_to: Mapping[str, tuple[str, ...]]) -> Alias:
    name = draft.body.id
    check_names(draft)
    names = reached(name, leads_to)
    if name in names:
        draft.report("POL230", f"alias `{name}` leads back to itself", "models")
    models = tuple(model for model in names if model not in leads_to)
    return Alias(name, models, draft.parsed.span)


def check_names(draft: Draft[AliasBody]) -> None:
    """Report every name in an alias that neither a model nor an alias has."""
    catalogue = draft.catalogue
    for number, name in enumerate(draft.body.models):
        if not catalogue.has(name, "model", "alias"):
            advice = draft.hint(name, "model", "alias")
            if catalogue.has(name, "route"):
                advice = "this is a route; an alias stands for models"
            message = f"no model and no alias is called {quoted(name)}"
            draft.report("POL231", message, "models", number, advice=advice)
