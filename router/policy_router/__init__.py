"""Decide which routes may lawfully carry a request to a large language model, and prove why.

    from policy_router import Request, load

    pdp = load(project="policy-router.yaml")
    decision = pdp.decide(Request(model="openai/o4-mini", data={"personal"}, regime={"eu_gdpr"}))
    body = decision.apply({"model": "openai/o4-mini", "messages": [...]})  # or raises Denied

Not legal advice: a permission says that policies are met on recorded facts, not that the law is.
"""

from typing import TYPE_CHECKING, Any

from policy_router.domain.release import VERSION

if TYPE_CHECKING:
    from policy_router.domain.diagnostic import Diagnostic, DocumentErrors
    from policy_router.engine.explanation import Explanation
    from policy_router.service.decision import Decision, Denied
    from policy_router.service.pdp import PDP, load
    from policy_router.service.request import Request
    from policy_router.wire.refusal import Refused

__version__ = VERSION

__all__ = [
    "PDP",
    "Decision",
    "Denied",
    "Diagnostic",
    "DocumentErrors",
    "Explanation",
    "Refused",
    "Request",
    "load",
]

_HOME = {
    "PDP": "service.pdp",
    "Decision": "service.decision",
    "Denied": "service.decision",
    "Diagnostic": "domain.diagnostic",
    "DocumentErrors": "domain.diagnostic",
    "Explanation": "engine.explanation",
    "Refused": "wire.refusal",
    "Request": "service.request",
    "load": "service.pdp",
}


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import a public name when it is first used, so that importing the package costs nothing."""
    if name not in _HOME:
        message = f"module `policy_router` has no attribute `{name}`"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - as above

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
