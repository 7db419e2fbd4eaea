"""The project that is measured: detectors, a log on the disk, one policy, one route."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from bench.serving.upstream import MODEL

KEY: Final = "sk-of-the-bench-0123456789abcdef"
NAME: Final = "example/assistant"
_NOTE: Final = "Please write a short and friendly letter to a patient about a change of time. "
CHAT: Final[dict[str, Any]] = {
    "model": NAME,
    "messages": [
        {"role": "system", "content": "You write letters for a practice."},
        {"role": "user", "content": _NOTE * 8},
    ],
    "temperature": 0.2,
}

_PROJECT: Final = """
kind: project
id: bench
language: 1
packs: [{id: house, version: 1}]
documents: [documents.yaml]
registry: none
gateways: [near]
log: {folder: var/log}
detectors: {built_in: {not_personal: ["@company.example"]}}
"""

_DOCUMENTS: Final = """
kind: policy
id: house
language: 1
version: 1
title: Personal data stays in the EEA
rules:
  - id: in-the-eea
    title: the model runs in the EEA
    when: {{data: {{includes: personal}}}}
    require: {{inference_location: {{within: EEA}}}}
obligations:
  - id: keep-nothing
    when: {{data: {{includes: personal}}}}
    set: {{store: false}}
---
kind: caller
id: clinic
language: 1
key_sha256: "{key}"
facts: {{data: [health], regime: [eu_gdpr], purpose: letters, tenant: ward}}
---
kind: gateway
id: near
language: 1
title: The gateway
type: openai_compatible
base_url: {upstream}/v1
self_hosted: true
---
kind: provider
id: cloud
language: 1
title: A cloud
covers: [example/assistant]
sources:
  page: {{kind: provider_docs, basis: public_terms, reference: PAGE-1, read_on: 2026-01-01}}
claims:
  inference_location: {{value: [DE], source: page}}
---
kind: model
id: example/assistant
language: 1
title: Assistant
context_window: 1000000
max_output_tokens: 64000
features: [function_calling, structured_output]
---
kind: route
id: near:assistant
language: 1
model: example/assistant
gateway: near
provider: cloud
address: {model}
stage: ga
"""


def body(**more: object) -> bytes:
    """A chat as the official SDKs write it."""
    return json.dumps({**CHAT, **more}, separators=(",", ":"), ensure_ascii=False).encode()


def write_project(folder: Path, upstream: str) -> None:
    """Write the project into `folder`; its gateway is at `upstream`."""
    (folder / "policy-router.yaml").write_text(_PROJECT, "utf-8")
    key = sha256(KEY.encode()).hexdigest()
    documents = _DOCUMENTS.format(key=key, upstream=upstream, model=MODEL)
    (folder / "documents.yaml").write_text(documents, "utf-8")
