"""`registry stale`: everything that lapses is there, what most permissions hang on first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.registries import fine, rows
from tests.cli.running import AT, run

PROJECT = """\
kind: project
id: stale
language: 1
documents: [own]
registry: none
gateways: [desk]
packs: [{id: house, version: 1}]
approvers: [{role: data protection officer, may_approve: ["house/*"]}]
"""
POLICY = """\
kind: policy
id: house
language: 1
title: Five things that have to be there
rules:
  - {id: claimed, require: {training: prohibited}, evidence: {max_age_days: 365}}
  - {id: agreed, require: {dpa: in_force}}
  - {id: lawful, require: {transfer_basis.eu_gdpr: [not_a_transfer, adequacy]}}
  - {id: judged, require: {signoff: {includes: vendor_review}}}
  - {id: kept, require: {human_review: none}, waivable: true}
---
kind: scenario
id: letters
language: 1
title: Letters
text: Letters of customers.
request: {data: [personal], regime: [eu_gdpr], purpose: care, tenant: desk}
---
kind: model
id: acme/one
language: 1
title: One
context_window: 1000
max_output_tokens: 1000
---
kind: gateway
id: desk
language: 1
title: Our desk
type: openai_compatible
base_url: https://desk.example/v1
self_hosted: true
---
kind: adequacy
id: far-land
language: 1
regime: eu_gdpr
countries: [PE]
scope: whole
instrument: an invented decision
from: 2026-01-01
until: 2026-12-13
read_on: 2026-01-02
confirmation: stored_source
sources: [https://law.example/decision]
---
kind: exception
id: trial
language: 1
policy: house
rule: kept
routes: [desk:r1]
when: {}
from: 2026-10-01
until: 2026-12-11
recorded_on: 2026-10-01
approved_by: data protection officer
reason: a trial
reference: EXC-1
"""
ROUTE = """\
---
kind: provider
id: p{n}
language: 1
title: Company {n}
covers: [acme/one]
entity: {{name: Company {n}}}
sources:
  page: {{kind: provider_docs, basis: public_terms, reference: PAGE, read_on: 2025-12-15}}
  seat: {{kind: provider_docs, basis: public_terms, reference: SEAT, read_on: 2026-10-01}}
claims:
  training: {{value: prohibited, source: page}}
  inference_location: {{value: [{country}], source: seat}}
  storage_location: {{value: [{country}], source: seat}}
  support_location: {{value: [{country}], source: seat}}
  provider_jurisdiction: {{value: [{country}], source: seat}}
  retention_days: {{value: 0, source: seat}}
  human_review: {{value: {review}, source: seat}}
---
kind: route
id: desk:r{n}
language: 1
model: acme/one
gateway: desk
provider: p{n}
address: r{n}
stage: ga
"""
AGREEMENT = """\
---
kind: agreement
id: {id}
language: 1
title: A contract
with: [{parties}]
document: DOC-{id}
from: 2026-10-01
until: {until}
recorded_on: 2026-10-01
covers: {{models: [acme/one], routes: ["desk:*"]}}
terms: {{dpa: in_force}}
"""
SIGNOFF = """\
---
kind: signoff
id: {id}
language: 1
title: A review
type: vendor_review
status: approved
covers: {{routes: [{routes}], data: [personal], purposes: ["*"], tenants: ["*"]}}
from: 2026-10-01
until: {until}
recorded_on: 2026-10-01
by: data protection officer
reference: REV-{id}
"""
LATER = "2028-01-01"
FOUND = [
    ("claim", "PAGE", 5, "2026-12-16"),
    ("agreement", "of-four", 4, "2026-12-15"),
    ("adequacy decision", "far-land", 3, "2026-12-14"),
    ("sign-off", "of-two", 2, "2026-12-13"),
    ("exception", "trial", 1, "2026-12-12"),
    ("agreement", "of-nobody", 0, "2026-12-02"),
]
"""What lapses, how many permissions hang on it, and when: the sooner, the fewer hang on it."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write five routes that are permitted, each for as many reasons as its number allows."""
    parts = [POLICY]
    for n in range(1, 6):
        country, review = "PE" if n <= 3 else "DE", "flagged_only" if n == 1 else "none"
        parts.append(ROUTE.format(n=n, country=country, review=review))
    parts += [
        AGREEMENT.format(id="of-four", parties="p1, p2, p3, p4", until="2026-12-14"),
        AGREEMENT.format(id="of-one", parties="p5", until=LATER),
        AGREEMENT.format(id="of-nobody", parties="p5", until="2026-12-01"),
        SIGNOFF.format(id="of-two", routes="desk:r1, desk:r2", until="2026-12-12"),
        SIGNOFF.format(id="of-three", routes="desk:r3, desk:r4, desk:r5", until=LATER),
    ]
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "all.yaml").write_text("".join(parts), "utf-8")
    (tmp_path / "policy-router.yaml").write_text(PROJECT, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ours(lapse: Any) -> set[str]:  # noqa: ANN401 - JSON
    """The routes that our own scenario may take only with it; others may be as well."""
    return {p["route"] for p in lapse["permissions"] if p["scenario"] == "letters"}


def test_every_kind_is_there_and_what_most_hangs_on_stands_first(project: Path) -> None:
    assert run("check --strict").code == 0, project
    command = f"stale --within 30d --at {AT}"
    data = json.loads(fine(f"{command} --format json").out)["lapses"]
    found = [(x["kind"], x["about"], len(ours(x)), x["at"][:10]) for x in data]
    assert found == FOUND
    table = rows(fine(f"{command} --format csv").out)
    assert [(r["kind"], r["about"]) for r in table] == [(k, a) for k, a, _, _ in found]
    screen = fine(command).out
    places = [screen.index(about) for _, about, _, _ in found]
    assert places == sorted(places)


def test_what_hangs_on_each_is_gone_without_it(project: Path) -> None:
    """What is said of each is what happens: as of the day after it, and of nothing else."""
    command = f"stale --within 30d --at {AT} --format json"
    for lapse in json.loads(fine(command).out)["lapses"]:
        routes = ours(lapse)
        assert routes == {f"desk:r{n}" for n in range(1, 1 + len(routes))}, project
        after = run(f"audit --all --scenario letters --format json --at {lapse['at']}")
        cells = {c["route"]: c["standing"] for c in json.loads(after.out)["cells"]}
        assert all(cells[route] != "permitted" for route in routes), lapse["about"]
