"""A first call that is permitted and a first one that is refused, without any key.

Nothing leaves this machine: the gateway is a stand-in that counts what reaches it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
from openai import AsyncOpenAI, PermissionDeniedError

from examples.local_upstream import EverythingTo, Upstream, local_upstream
from policy_router import PDP, Request, load
from policy_router.enforcement.httpx2_transport import AsyncPolicyTransport
from policy_router.log.kept import MemoryLog

MODEL = "first/small"
HEADLINE = Request(data=["non_personal"], purpose="publishing")
MAIL = Request(data=["personal"], subjects=["customers"], regime=["eu_gdpr"])


def client(pdp: PDP, who: Request, log: MemoryLog, upstream: Upstream) -> AsyncOpenAI:
    """OpenAI's own client, whose calls are decided on the facts `who` before they are sent."""
    transport = AsyncPolicyTransport(pdp, who=who, log=log, inner=EverythingTo(upstream))
    return AsyncOpenAI(api_key="unused", http_client=httpx2.AsyncClient(transport=transport))


async def ask(openai: AsyncOpenAI, text: str) -> str:
    """What came of one call: the answer, or why it was not sent."""
    message = {"role": "user", "content": text}
    try:
        answer = await openai.chat.completions.create(model=MODEL, messages=[message])
    except PermissionDeniedError as refused:
        return f"HTTP {refused.status_code} {refused.code}\n  {refused.body['message']}"
    return f"HTTP 200\n  {answer.choices[0].message.content}"


async def calls(pdp: PDP, log: MemoryLog, upstream: Upstream) -> None:
    """Make both, and say what reached the stand-in after each."""
    for title, who, text in (
        ("A headline for the website", HEADLINE, "Shorten this headline."),
        ("A mail of a customer", MAIL, "Answer this mail."),
    ):
        async with client(pdp, who, log, upstream) as openai:
            print(f"{title}: {await ask(openai, text)}")
        print(f"  calls that reached the gateway so far: {len(upstream.calls)}")


def main() -> None:
    """Load the project beside this file, and make the calls."""
    pdp, log = load(project=Path(__file__).parent), MemoryLog()
    with local_upstream() as upstream:
        asyncio.run(calls(pdp, log, upstream))
    decided = [record["decision"] for record in log.records if record["kind"] == "decision"]
    outcomes = ", ".join(decision["outcome"] for decision in decided)
    print(f"Recorded before anything was sent: {outcomes}")


if __name__ == "__main__":
    main()
