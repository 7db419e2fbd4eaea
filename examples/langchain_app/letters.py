"""LangChain, two ways: through the sidecar with an address and a key, or through a transport.

LangChain's own tracing (`LANGSMITH_TRACING`) sends prompts to a service that no policy sees: keep
it off where personal data is handled.
"""

from __future__ import annotations

import httpx2
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

from policy_router import PDP, Request
from policy_router.enforcement.httpx2_transport import AsyncPolicyTransport, PolicyTransport
from policy_router.enforcement.sdk import governed
from policy_router.log.kept import Log

PROMPT = ChatPromptTemplate(
    [("system", "You draft short letters from notes."), ("human", "{notes}")]
)


def beside(address: str, key: str, model: str) -> ChatOpenAI:
    """A model behind the sidecar at `address`, for the caller with `key`."""
    return ChatOpenAI(model=model, base_url=f"{address}/v1", api_key=key)


def within(pdp: PDP, who: Request, model: str, log: Log | None = None) -> ChatOpenAI:
    """A model whose calls, whoever makes them in this program, are decided on the facts `who`.

    Raises `Ungoverned` if one of its clients would go past the policies.
    """
    chat = ChatOpenAI(
        model=model,
        api_key="none",  # the transport adds the key of the route's gateway
        http_client=httpx2.Client(transport=PolicyTransport(pdp, who=who, log=log)),
        http_async_client=httpx2.AsyncClient(transport=AsyncPolicyTransport(pdp, who=who, log=log)),
    )
    governed(chat.root_client)
    governed(chat.root_async_client)
    return chat


def draft(chat: ChatOpenAI, notes: str) -> str:
    """A letter from `notes`; raises `openai.PermissionDeniedError` where policies rule it out."""
    return (PROMPT | chat).invoke({"notes": notes}).text
