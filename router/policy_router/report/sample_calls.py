"""Calls to copy: OpenAI's own kits, pointed at a gateway. The key comes from the environment."""

from __future__ import annotations

import json
from typing import Final

from policy_router.domain.route import Gateway, Route

NO_KEY: Final = "not-needed"


def python_call(gateway: Gateway, route: Route) -> str:
    """A call with OpenAI's Python kit."""
    key = gateway.key.env if gateway.key is not None else None
    read = f'os.environ["{key}"]' if key else f'"{NO_KEY}"'
    lines = [
        *(["import os", ""] if key else []),
        "from openai import OpenAI",
        "",
        f"client = OpenAI(base_url={_text(gateway.base_url)}, api_key={read})",
        "completion = client.chat.completions.create(",
        f"    model={_text(route.address)},",
        '    messages=[{"role": "user", "content": "Hello"}],',
        ")",
        "print(completion.choices[0].message.content)",
    ]
    return "\n".join(lines)


def javascript_call(gateway: Gateway, route: Route) -> str:
    """A call with OpenAI's JavaScript kit."""
    key = gateway.key.env if gateway.key is not None else None
    read = f"process.env.{key}" if key else f'"{NO_KEY}"'
    lines = [
        'import OpenAI from "openai";',
        "",
        "const client = new OpenAI({",
        f"  baseURL: {_text(gateway.base_url)},",
        f"  apiKey: {read},",
        "});",
        "const completion = await client.chat.completions.create({",
        f"  model: {_text(route.address)},",
        '  messages: [{ role: "user", content: "Hello" }],',
        "});",
        "console.log(completion.choices[0].message.content);",
    ]
    return "\n".join(lines)


def _text(value: str) -> str:
    """A string literal that both languages read alike, whatever is in it."""
    return json.dumps(value)
