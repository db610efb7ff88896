# `make` alone lists the targets. Python 3.11 or later and make are all that a machine needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVE_FLAGS := --demo $(if $(LAN),--lan)

.DEFAULT_GOAL := help
.PHONY: help setup run quick test test-couchdb check bench soak doctor clean lock

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(VENV)/.ready client/dist/manifest.json ## environment, locked dependencies, built phone client
run: setup ## serve the demo county at http://localhost:8000 (LAN=1: HTTPS for phones)
	@$(BIN)/liandong serve $(SERVE_FLAGS)

quick: $(VENV)/.ready-dev client/dist/manifest.json ## the tests without browsers and long proofs (at most 4 minutes)
	@$(BIN)/python -m tests.run --quick

test: $(VENV)/.ready-dev client/dist/manifest.json ## every test, with what they need set up first
	@$(BIN)/python -m tests.run

check: $(VENV)/.ready-dev ## ruff, mypy strict, import rule, sizes
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/python -m pytest tests/repo

test-couchdb: $(VENV)/.ready-dev client/dist/manifest.json ## the contract and the whole product on the CouchDB of COUCHDB_URL
	@test -n "$$COUCHDB_URL" || { echo "set COUCHDB_URL=http://admin:password@127.0.0.1:5984 (everything is made below names of its own, and removed)"; exit 1; }
	@$(BIN)/python -m tests.run tests/contract tests/couchdb tests/recorded tests/clients
	@PRODUCT_ON_COUCHDB=1 $(BIN)/python -m tests.run tests/server/ingest tests/server/publish tests/journeys

bench: $(VENV)/.ready-dev client/dist/manifest.json ## figures of phone and server, printed with the machine
	@$(BIN)/python -m tests.bench

soak: $(VENV)/.ready-dev client/dist/manifest.json ## the long runs: many more schedules, kills and cuts
	@$(BIN)/python -m tests.run --soak

doctor: $(VENV)/.ready ## check this machine, the settings and the data
	@$(BIN)/liandong doctor

clean: ## remove what was built; data stays
	rm -rf $(VENV) build client/node_modules client/dist client/src/generated *.egg-info .mypy_cache .ruff_cache

$(VENV)/.ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 or later is needed; name it with PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); echo "the venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "installing what requirements.txt names" && $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

client/node_modules/.ready: client/package-lock.json $(VENV)/.ready
	@$(BIN)/python -m server.node npm --prefix client ci --ignore-scripts --silent --no-progress
	@touch $@

CLIENT_SOURCES := $(shell find client/src client/build.mjs -type f -not -path '*/generated/*' 2>/dev/null) \
	$(wildcard server/messages/*.toml server/records/*.py server/workflows/*.toml)
client/dist/manifest.json: client/node_modules/.ready $(CLIENT_SOURCES)
	@$(BIN)/python -m server.node node client/build.mjs

lock: ## write the lock files anew from pyproject.toml (needs uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.txt
