# Everything a developer does here is a target; `make` alone lists them.
# Needed on the machine: Python 3.11 or newer, make, git.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# tests start hundreds of processes, each of which would compile the whole package anew
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCK := requirements.lock
# all extras but presidio and spark, of hundreds of MB: their tests make environments of their own
LOCKED := encodings httpx httpx2 otel parquet pii report scale serve signing ui
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PYTHONS ?= python3 python3.14 python3.13 python3.12 python3.11

# the first of PYTHONS that is 3.11 or newer and can make an environment
FIND_PYTHON = for candidate in $(PYTHONS); do \
	  if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	    >/dev/null 2>&1; then echo "$$candidate"; exit 0; fi; \
	done; \
	echo "no Python 3.11 or newer with venv among: $(PYTHONS)" >&2; \
	echo "  help: install one (on Debian also python3-venv), or say make PYTHONS=/path/to/python3" >&2; \
	exit 1

# pip's own words, cut down to a line that counts; $$tty is 1 where a person looks
COUNT = awk -v all="$$(grep -c '==' $(LOCK))" -v tty="$$tty" \
	'/^(Collecting|Processing) / {n++; if (tty) printf "\r  %d of %d", n, all; fflush()} \
	/^Installing / {printf "%s  unpacking %d packages\n", (tty ? "\r" : ""), n; fflush()}'

# runs pip quietly; its warnings are shown only if it fails
PIP_LOG := $(VENV)/pip.log
OR_SAY_WHY = 2>$(PIP_LOG) || { echo "pip failed:" >&2; cat $(PIP_LOG) >&2; exit 1; }

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

.PHONY: demo
demo: $(READY) ## what may go where, three requests decided and explained, and an app
	@$(BIN)/python examples/demo.py

.PHONY: test
test: $(READY) ## every test
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

# what reads no clock is the same in ten years; that these tests read none is tested (tests/house);
# commands that run as processes of their own read the machine's clock, which stays where it is
TIMELESS := bench differential docs/test_ci.py docs/test_commands.py house mutation pep/test_demo.py property $(addprefix unit/,compiler detect domain engine imports language registry wire)

.PHONY: later
later: $(READY) ## every test that reads the clock here, ten years ahead
	@$(BIN)/python -m pytest -n 2 --quiet -m 'not packaging' --years-ahead 10 --dist loadgroup $(TIMELESS:%=--ignore tests/%)

# the tests of those rooms, and of two that use what is theirs; the others take long and no other branch
COVERING := $(addprefix tests/unit/,compiler detect domain engine imports language registry store/test_project.py)

.PHONY: coverage
coverage: $(READY) ## do the unit tests take every branch of the rooms in pyproject.toml?
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n 2 --quiet -m 'not hypothesis' $(COVERING)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

.PHONY: fuzz
fuzz: $(READY) ## a million decisions, engine beside definition: FUZZ="--seed 2" for other worlds
	@$(BIN)/python -m tests.differential.fuzz $(FUZZ)

.PHONY: soak
soak: $(READY) ## reloads, shared engines, open streams, kills, for long: SOAK="--reloads 1000000"
	@$(BIN)/python -m tests.concurrency.soak $(SOAK)
	@$(BIN)/python -m tests.pep.soak $(CROWDS)
	@$(BIN)/python -m tests.unit.log.soak $(LOGS)

.PHONY: mutation
mutation: $(READY) ## does a test notice each changed line? MUTATION="compiler/lower.py" for one file
	@$(BIN)/python -m tests.mutation.run $(MUTATION)

.PHONY: check
check: format lint types imports coverage later test ## all of the checks below and every test

.PHONY: format
format: $(READY) ## is the code formatted? (`make fix` formats it)
	@echo "format"
	@$(BIN)/ruff format --check --quiet --output-format concise .

.PHONY: lint
lint: $(READY) ## ruff
	@echo "lint"
	@$(BIN)/ruff check --quiet --output-format concise .

.PHONY: types
types: $(READY) ## mypy, strict
	@echo "types"
	@$(BIN)/mypy --no-error-summary

.PHONY: imports
imports: $(READY) ## the import contracts between rooms
	@echo "imports"
	@$(BIN)/lint-imports --no-logo

.PHONY: fix
fix: $(READY) ## format, and mend what ruff can mend
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

BENCH_READY := .bench-venv/.ready
OTHERS := cedarpy opa-eval opa-golib-python-bindings

.PHONY: bench
bench: $(READY) $(BENCH_READY) ## how fast decisions, the sidecar, replays, reports are, beside loops, engines, servers, SQL
	@$(BIN)/python -m bench.run
	@$(BIN)/python -m bench.serving.run
	@$(BIN)/python -m bench.keeping
	@$(BIN)/python -m bench.bodies
	@$(BIN)/python -m bench.replay.run
	@$(BIN)/python -m bench.reporting

# What opa-golib-python-bindings says of the Python it needs is stricter than what it needs.
$(BENCH_READY): $(READY)
	@$(BIN)/python -m venv .bench-venv
	@for package in $(OTHERS); do \
	  .bench-venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet \
	    --only-binary :all: --ignore-requires-python "$$package" 2>/dev/null \
	    || echo "$$package: not to be had for this Python, skipped"; \
	done
	@touch $@

.PHONY: venv
venv: $(READY) ## the environment in .venv, from the lock file

$(READY): pyproject.toml $(LOCK)
	@python=$$($(FIND_PYTHON)); \
	echo "environment: $(VENV), with $$("$$python" --version)"; \
	"$$python" -m venv $(VENV)
	@echo "packages: from $(LOCK) (a minute or two the first time)"
	@if [ -t 1 ]; then tty=1; else tty=0; fi; \
	{ $(PIP) install --require-hashes --requirement $(LOCK) $(OR_SAY_WHY); } | $(COUNT)
	@echo "policy-router: linked into $(VENV)"
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable . $(OR_SAY_WHY)
	@touch $@

.PHONY: lock
lock: $(READY) ## the lock file anew, with the newest versions pyproject.toml admits
	@$(PIP) install --quiet 'uv>=0.9' $(OR_SAY_WHY)
	@$(BIN)/uv pip compile pyproject.toml $(LOCKED:%=--extra %) --group dev --universal \
	  --python-version 3.11 --generate-hashes --upgrade --quiet \
	  --custom-compile-command "make lock" --output-file $(LOCK)

.PHONY: litellm-lock
litellm-lock: $(READY) ## the lock file of the LiteLLM proxy that its hook is tested with
	@$(PIP) install --quiet 'uv>=0.9' $(OR_SAY_WHY)
	@cd tests/litellm_proxy && ../../$(BIN)/uv pip compile requirements.in --universal --python-version 3.11 \
	  --generate-hashes --only-binary :all: --upgrade --quiet \
	  --custom-compile-command "make litellm-lock" --output-file requirements.lock

.PHONY: proxies-lock
proxies-lock: $(READY) ## the lock file of the nginx and the Caddy that forward-auth is tested with
	@$(PIP) install --quiet 'uv>=0.9' $(OR_SAY_WHY)
	@cd tests/forward_auth && ../../$(BIN)/uv pip compile requirements.in --universal --python-version 3.11 \
	  --generate-hashes --only-binary :all: --upgrade --quiet \
	  --custom-compile-command "make proxies-lock" --output-file requirements.lock

# setuptools is left out: its wheel runs code at every start, and spaCy works without it
.PHONY: presidio-lock
presidio-lock: $(READY) ## the lock file of the Presidio that its detector is tested with
	@$(PIP) install --quiet 'uv>=0.9' $(OR_SAY_WHY)
	@cd tests/presidio && ../../$(BIN)/uv pip compile requirements.in --universal --python-version 3.11 \
	  --generate-hashes --only-binary :all: --no-emit-package setuptools --upgrade --quiet \
	  --custom-compile-command "make presidio-lock" --output-file requirements.lock

.PHONY: clean
clean: ## removes what make and the tools made
	@rm -rf $(VENV) .bench-venv .litellm-venv .proxies-venv .presidio-venv bench/results.json bench/serving.json bench/keeping.json dist build \
	  .mypy_cache .ruff_cache \
	  .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
