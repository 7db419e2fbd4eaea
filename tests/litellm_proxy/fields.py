"""Run by the interpreter of LiteLLM's environment: every field of a call its source looks for."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

READERS = (
    "integrations/custom_guardrail.py",
    "main.py",
    "proxy/auth",
    "proxy/common_request_processing.py",
    "proxy/guardrails",
    "proxy/hooks",
    "proxy/litellm_pre_call_utils.py",
    "proxy/policy_engine",
    "proxy/route_llm_request.py",
    "proxy/utils.py",
    "router.py",
    "router_strategy",
    "router_utils",
)
"""What of LiteLLM a call goes through on its way, or is handed to there."""

HELD_AS = frozenset(
    {"data", "kwargs", "metadata", "request_body", "request_data", "request_kwargs"}
)
TAKEN_BY = frozenset({"get", "pop", "setdefault"})


def sources(package: Path) -> Iterator[Path]:
    for name in READERS:
        place = package / name
        yield from sorted(place.rglob("*.py")) if place.is_dir() else (place,)


def looked_for(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(held, verb), [ast.Constant(str(name)), *_]):
                found = verb in TAKEN_BY and is_call(held)
            case ast.Subscript(held, ast.Constant(str(name))):
                found = is_call(held)
            case ast.Compare(ast.Constant(str(name)), [ast.In() | ast.NotIn()], [held]):
                found = is_call(held)
            case _:
                continue
        if found:
            yield name


def is_call(node: ast.expr) -> bool:
    """Whether an expression is what LiteLLM holds a call in, or its labels."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in HELD_AS


def main() -> None:
    spec = find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    trees = (ast.parse(path.read_text("utf-8")) for path in sources(package))
    json.dump(sorted({name for tree in trees for name in looked_for(tree)}), sys.stdout)


if __name__ == "__main__":
    main()
