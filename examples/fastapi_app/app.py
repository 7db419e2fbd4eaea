"""A FastAPI app that cannot send a call to a model which its organisation's policies rule out.

It shows both ways an app meets models. `/v1/chat/completions` hands calls of others on: the
middleware has put them to the policies before the handler runs. `/letters` calls a model itself,
with the official SDK: the transport inside the SDK's client puts every call to the policies.

Run it from the repository: uvicorn --factory examples.fastapi_app.app:create_app
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from openai import AsyncOpenAI, PermissionDeniedError
from pydantic import BaseModel
from starlette.background import BackgroundTask

from policy_router import PDP, load
from policy_router.enforcement.asgi import PolicyMiddleware, forward_of, headers_back
from policy_router.enforcement.httpx2_transport import AsyncPolicyTransport
from policy_router.log.kept import Log

ORGANISATION = Path(__file__).parents[1] / "organisation"


class Letter(BaseModel):
    """What a letter should be drafted from."""

    notes: str
    model: str = "openai/o4-mini"


def create_app(
    pdp: PDP | None = None,
    log: Log | None = None,
    network: httpx2.AsyncBaseTransport | None = None,
) -> FastAPI:
    """Return the app; by default of the example organisation, with its log and the real network."""
    pdp = pdp or load(project=ORGANISATION)
    plain = httpx2.AsyncClient(transport=network, timeout=60)
    transport = AsyncPolicyTransport(pdp, log=log, inner=network)
    governed = httpx2.AsyncClient(transport=transport, timeout=60)
    # no key of a provider: the transport adds the one of the route's gateway
    sdk = AsyncOpenAI(api_key="none", http_client=governed)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await plain.aclose()
        await sdk.close()

    app = FastAPI(lifespan=lifespan)
    app.add_middleware(PolicyMiddleware, pdp=pdp, log=log)

    @app.post("/v1/chat/completions")
    async def hand_on(request: Request) -> StreamingResponse:
        forward = forward_of(request.scope)
        call = plain.build_request(
            "POST", forward.url, headers=list(forward.headers), content=forward.body
        )
        answer = await plain.send(call, stream=True)
        # the bytes pass as they are, packed if the client takes that, so their headers do too
        passed = StreamingResponse(
            answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose)
        )
        passed.raw_headers = headers_back(answer.headers.raw)
        return passed

    @app.post("/letters")
    async def draft(letter: Letter) -> JSONResponse:
        prompt = f"Draft a short letter from these notes:\n{letter.notes}"
        try:
            answer = await sdk.chat.completions.create(
                model=letter.model, messages=[{"role": "user", "content": prompt}]
            )
        except PermissionDeniedError as denied:
            return JSONResponse({"refused": denied.body}, 403)
        return JSONResponse({"letter": answer.choices[0].message.content})

    return app
