"""A project all of whose free texts are hostile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.explorer.payloads import PLAINLY_EVIL

LINK = "https://evil.example/\"onmouseover='hit()'"
"""An address that ends an attribute, where a page does not take care."""

SHOWN = (
    "PROJECT", "GATEWAY", "PROVIDER", "ENTITY", "RULE", "CITE", "REFERENCE", "CLAIM-NOTE",
    "ADDRESS", "SCENARIO",
)  # fmt: skip
"""Fields that pages show, by what stands before the payload in them."""


def hostile_project(folder: Path) -> Path:
    """A project all of whose free texts are hostile; its routes go to different addresses."""
    project, documents = folder / "policy-router.yaml", folder / "documents.yaml"

    def said(field: str) -> str:
        return json.dumps(f"{field}{PLAINLY_EVIL}")

    head = "kind: project\nid: own\nlanguage: 1\nregistry: none\ngateways: [own]\n"
    head += "packs: [{id: house, version: 1}]\n"
    project.write_text(
        f"{head}title: {said('PROJECT')}\ndocuments: [documents.yaml]\nlog: {{folder: log}}\n",
        "utf-8",
    )
    documents.write_text("\n---\n".join(_documents(said)), "utf-8")
    return folder


def _documents(said: Callable[[str], str]) -> Iterator[str]:
    yield f"""kind: policy
id: house
language: 1
version: 1
title: {said("POLICY")}
rules:
  - id: one
    title: {said("RULE")}
    cites: [{said("CITE")}]
    when: {{data: {{includes: personal}}}}
    require: {{training: prohibited, retention_days: {{at_most: 3}}}}"""
    yield f"""kind: scenario
id: s
language: 1
title: {said("SCENARIO")}
text: {said("SCENARIO-TEXT")}
request: {{data: [personal], regime: [eu_gdpr]}}"""
    yield f"""kind: gateway
id: own
language: 1
title: {said("GATEWAY")}
type: openai_compatible
base_url: https://own.example/v1
entity: {{name: {said("ENTITY")}}}
sources:
  page: {_source(said("REFERENCE"))}
claims:
  training: {{value: prohibited, source: page, note: {said("CLAIM-NOTE")}}}"""
    for name, address in (("one", LINK), ("two", f"REFERENCE{PLAINLY_EVIL}")):
        yield f"""kind: provider
id: p-{name}
language: 1
title: {said("PROVIDER")}
covers: [own/{name}]
sources:
  page: {_source(json.dumps(address))}
claims:
  training: {{value: used, source: page, note: {said("CLAIM-NOTE")}}}
  retention_days: {{value: 30, source: page}}"""
        yield f"""kind: model
id: own/{name}
language: 1
title: {said("MODEL")}
maker: own
context_window: 1000
max_output_tokens: 1000
source: page
sources:
  page: {_source(said("CARD"))}"""
        yield f"""kind: route
id: "own:{name}"
language: 1
model: own/{name}
gateway: own
provider: p-{name}
address: {said("ADDRESS")}
stage: ga"""


def _source(reference: str) -> str:
    """A page that was read, where `reference` is written as in a document."""
    read = "kind: provider_docs, basis: public_terms, read_on: 2026-11-01"
    return f"{{{read}, reference: {reference}}}"
