"""Puts the workload to another engine, in an environment of its own that has nothing of ours.

`python ask.py NAME < workload.json` prints what it answered and how long it took. The workload:
`routes`, plain values each, and `calls`, the demands of each request.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import Any

Plain = dict[str, Any]
Ask = Callable[[Plain], str | None]
_HERE = Path(__file__).parent
_CEDAR_ENTITY = "Route"
_QUERY = "data.bench.cheapest"
_NO_ANSWER = "<undefined>"


def regorus(routes: list[Plain]) -> Ask:
    """Regorus, by way of opa-eval."""
    rego = import_module("opa_eval").OpaEval(
        str(_HERE / "policy.rego"), data_json=json.dumps({"routes": routes}), query=_QUERY
    )

    def ask(call: Plain) -> str | None:
        found = rego.evaluate_parsed(json.dumps(call))
        return None if found == _NO_ANSWER else str(found)

    return ask


def opa(routes: list[Plain]) -> Ask:
    """Open Policy Agent, embedded by opa-golib-python-bindings."""
    module = import_module("opa_bindings")
    engine = module.OpaEngine()
    engine.add_policy("policy.rego", (_HERE / "policy.rego").read_text("utf-8"))
    engine.add_data({"routes": routes})

    def ask(call: Plain) -> str | None:
        try:
            return str(engine.eval_document("bench.cheapest", call))
        except module.OpaUndefinedError:
            return None

    return ask


def cedar(routes: list[Plain]) -> Ask:
    """Cedar, by way of cedarpy: it answers for one route at a time, so all go in one batch."""
    module = import_module("cedarpy")
    policies = module.PolicySet.from_str((_HERE / "policy.cedar").read_text("utf-8"))
    entities = module.Entities.from_json_str(
        json.dumps([{"uid": _uid(r), "attrs": r, "parents": []} for r in routes])
    )

    def ask(call: Plain) -> str | None:
        asked = [
            {
                "principal": {"type": "Caller", "id": "any"},
                "action": {"type": "Action", "id": "send"},
                "resource": _uid(r),
                "context": call,
            }
            for r in routes
        ]
        answers = module.is_authorized_batch(asked, policies, entities)
        found = [r for r, answer in zip(routes, answers, strict=True) if answer.allowed]
        return min(found, key=lambda r: r["price"])["id"] if found else None

    return ask


def _uid(route: Plain) -> dict[str, str]:
    return {"type": _CEDAR_ENTITY, "id": route["id"]}


ENGINES: dict[str, Callable[[list[Plain]], Ask]] = {"regorus": regorus, "opa": opa, "cedar": cedar}


def main(name: str) -> None:
    """Answer the workload on standard input with the engine called `name`."""
    workload = json.load(sys.stdin)
    ask = ENGINES[name](workload["routes"])
    ask(workload["calls"][0])
    start = process_time()
    answers = [ask(call) for call in workload["calls"]]
    seconds = (process_time() - start) / len(answers)
    print(json.dumps({"seconds": seconds, "answers": answers}))


if __name__ == "__main__":
    main(sys.argv[1])
