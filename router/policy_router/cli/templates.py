"""The files that `policy-router init` writes."""

from __future__ import annotations

from typing import Final

PROJECT: Final = """\
# yaml-language-server: $schema=schemas/project.schema.json
# What is in force here, and what this organisation has.
kind: project
id: {id}
language: 1
title: {title}
packs:                            # policies only narrow: each one more demands more
  - {{id: gdpr, version: 1}}
documents: [policies, contracts]  # folders and files of your own documents
registry: shipped                 # the routes that come with policy-router
gateways: [opper]                 # the gateways you have an account with
prefer:                           # of the routes that are permitted, the cheapest first
  - {{when: {{}}, by: [cost, price.output]}}
log: {{folder: var/log}}  # one record for each decision, without content
"""

CALLER: Final = """\
# yaml-language-server: $schema=../schemas/caller.schema.json
# Who may call, and what is true of every call of theirs whatever they say (the floor).
# Every call of this one counts as personal data under the EU regime. Its key comes from
# `policy-router caller key first-app`, which prints it once and adds its hash here.
kind: caller
id: first-app
language: 1
title: The first program that calls
facts:
  data: [personal]
  regime: [eu_gdpr]
  environment: production
may_declare: [purpose]            # facts that its own word settles
"""

CONTRACTS: Final = """\
# yaml-language-server: $schema=../schemas/scenario.schema.json
# This folder is for the contracts you hold (kind: agreement) and for judgements your people signed
# (kind: signoff). `policy-router gaps` says which would permit most. A scenario to begin with:
kind: scenario
id: our-mail
language: 1
title: Mail of our customers
text: >-
  Ordinary personal data of customers in the EU: answering a mail about an order.
request:
  data: [personal]
  subjects: [customers]
  regime: [eu_gdpr]
  purpose: customer-care
  lawful_basis: A6-1-b
"""

SUITE: Final = """\
# yaml-language-server: $schema=schemas/suite.schema.json
# What must come of typical requests, whatever contracts you record. `policy-router test` runs it;
# every case is decided at the instant it names, so that it gives the same result on any day. Add
# what your contracts are there to permit, and what must stay refused.
kind: suite
id: {id}
language: 1
at: {at}
policies: [gdpr]
project: policy-router.yaml
cases:
  - id: public-text-passes
    request: {{model: openai/o4-mini, data: [non_personal]}}
    expect: {{outcome: permitted}}
  - id: health-data-need-a-purpose-and-a-legal-basis
    request: {{model: openai/o4-mini, data: [health], regime: [eu_gdpr]}}
    expect:
      outcome: denied
      reason: facts_missing
      missing: [purpose, lawful_basis, special_condition]
  - id: personal-data-are-not-searched-for-on-the-web
    request:
      {{model: openai/o4-mini, data: [personal], regime: [eu_gdpr], server_tools: [web_search]}}
    expect: {{outcome: denied, reason: obligation}}
  - id: data-nobody-described-count-as-anything
    request: {{model: openai/o4-mini}}
    expect: {{outcome: denied}}
"""

GITIGNORE: Final = """\
# What is not for a repository: keys, the log of decisions, and what commands write.
*.pem
*.key
.env
secrets/
var/
reports/
out/
.cache/
"""

CI: Final = """\
#!/bin/sh
# For your build: fails if a document is broken or a case of a suite comes out otherwise, and then
# says so in words. The reports are for programs; what may go where is for whoever signs it off.
set -eu
mkdir -p reports
policy-router check --format sarif > reports/check.sarif || policy-router check
policy-router test --format junit > reports/test.xml || policy-router test
policy-router audit --format markdown > reports/audit.md
"""

PASSES: Final = """\
# yaml-language-server: $schema=../schemas/request.schema.json
# Text that is published anyway: permitted, with or without contracts.
model: openai/o4-mini
data: [non_personal]
purpose: publishing
"""

FAILS: Final = """\
# yaml-language-server: $schema=../schemas/request.schema.json
# A mail of a customer: refused until processing contracts are in force with everyone on the way.
model: openai/o4-mini
data: [personal]
subjects: [customers]
regime: [eu_gdpr]
purpose: customer-care
lawful_basis: A6-1-b
"""
