"""A small project: one route that personal data may take, one that they may not, two upstreams."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from policy_router import PDP, load
from policy_router.log.reading import records_in

ALLOWED: Final = "maker/allowed"
DENIED: Final = "maker/denied"
CANARY: Final = "CANARY-9f2c-the-patient-is-called-Zebulon"
UPSTREAM_KEY: Final = "upstream-key-never-to-be-seen"
KEY_VARIABLE: Final = "PEP_TEST_UPSTREAM_KEY"

KEYS: Final = {
    "clinic": "key-of-the-clinic",
    "website": "key-of-the-website",
    "mailer": "key-of-the-mailer",
}

_DOCUMENTS = """
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
  - id: with-a-purpose
    title: personal data have a purpose
    when: {{data: {{includes: personal}}}}
    needs: [purpose]
    require: {{provider: "*"}}
obligations:
  - id: keep-nothing
    when: {{data: {{includes: personal}}}}
    set: {{store: false}}
    refuse_when: {{server_tools: {{includes_any: [web_search]}}}}
---
kind: caller
id: clinic
language: 1
key_sha256: "{clinic}"
facts: {{data: [health], regime: [eu_gdpr], purpose: letters, tenant: ward}}
---
kind: caller
id: website
language: 1
key_sha256: "{website}"
facts: {{data: [non_personal], purpose: publishing}}
---
kind: caller
id: mailer
language: 1
key_sha256: "{mailer}"
facts: {{data: [personal], regime: [eu_gdpr]}}
may_declare: [purpose]
---
kind: gateway
id: near
language: 1
title: The near gateway
type: {type}
base_url: {near}
key: {{env: {variable}}}
self_hosted: true
---
kind: gateway
id: far
language: 1
title: The far gateway
type: {type}
base_url: {far}
self_hosted: true
"""

_ROUTE = """
---
kind: provider
id: {name}-provider
language: 1
title: The {name} provider
covers: [maker/{name}]
sources:
  page: {{kind: provider_docs, basis: public_terms, reference: PAGE-1, read_on: 2026-01-01}}
claims:
  inference_location: {{value: [{country}], source: page}}
---
kind: model
id: maker/{name}
language: 1
title: The {name} model
context_window: 1000000
max_output_tokens: 64000
features: [function_calling, structured_output, reasoning]
input_modalities: [text, image, audio, file]
output_modalities: [text, audio, embedding]
---
kind: route
id: {gateway}:{name}
language: 1
model: maker/{name}
gateway: {gateway}
provider: {name}-provider
pin: {name}-slug
address: at-{gateway}/{name}-2026
stage: ga
"""

_PLAIN = """
---
kind: model
id: maker/plain
language: 1
title: A model that can do nothing but chat
context_window: 1000000
max_output_tokens: 64000
features: []
---
kind: route
id: near:plain
language: 1
model: maker/plain
gateway: near
provider: allowed-provider
address: plain
stage: ga
"""

_SPARE = """
---
kind: route
id: far:allowed
language: 1
model: maker/allowed
gateway: far
provider: allowed-provider
address: at-far/allowed-2026
stage: ga
"""

_PROJECT = """
kind: project
id: pep
language: 1
packs: [{id: house, version: 1}]
documents: [documents.yaml]
registry: none
gateways: [near, far]
log: {folder: var/log}
"""


def recorded(log: Path, *kinds: str) -> list[dict[str, Any]]:
    """The records of these kinds in a log."""
    return [record for record in records_in(log) if record["kind"] in kinds]


@dataclass(frozen=True, slots=True)
class World:
    """A loaded project in its folder."""

    folder: Path
    pdp: PDP

    @property
    def log(self) -> Path:
        return self.folder / "var" / "log"

    @property
    def written(self) -> str:
        """Every word of the log."""
        files = (file for file in sorted(self.log.iterdir()) if file.is_file())
        return "".join(file.read_text("utf-8") for file in files)

    def records(self, *kinds: str) -> list[dict[str, Any]]:
        """The records in the log, of these kinds; without any the calls'."""
        return recorded(self.log, *kinds or ("decision", "outcome"))


def build(
    folder: Path,
    near: str = "https://near.example/v1",
    far: str = "https://far.example/v1",
    kind: str = "openai_compatible",
    *,
    spare: bool = False,
    project: str = "",
) -> World:
    """Write the project into `folder` and load it.

    `spare`: the allowed model has a second route, by the far gateway. `project`: more of its file.
    """
    hashes = {name: sha256(key.encode()).hexdigest() for name, key in KEYS.items()}
    text = _DOCUMENTS.format(near=near, far=far, type=kind, variable=KEY_VARIABLE, **hashes)
    text += _ROUTE.format(name="allowed", gateway="near", country="DE")
    text += _PLAIN
    text += _ROUTE.format(name="denied", gateway="far", country="US")
    text += _SPARE if spare else ""
    (folder / "documents.yaml").write_text(text, "utf-8")
    (folder / "policy-router.yaml").write_text(_PROJECT + project, "utf-8")
    return World(folder, load(project=folder))
