# Every target sets up what it needs: Python 3.11 or later and make are enough.
PYTHON ?= python3
BIN := .venv/bin
# Nearly all of pulumi-azure-native is never imported; what is, Python compiles then.
PIP := -m pip install --quiet --disable-pip-version-check --no-compile

.DEFAULT_GOAL := help
.PHONY: help setup demo dev test pytest lint format clean

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: .venv/.installed policy/.venv/.installed ## install everything into .venv, exactly as pinned

.venv/.installed: requirements.txt requirements-dev.txt requirements.lock workload/caller/requirements.txt workload/api/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Keyless needs Python 3.11 or later; $(PYTHON) is %d.%d. Name another one: make PYTHON=python3.12 setup" % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/python $(PIP) --requirement requirements-dev.txt --constraint requirements.lock
	@touch $@

# pulumi-policy wants an older protobuf than the rest, so the policy pack has an environment of its own.
policy/.venv/.installed: policy/requirements.txt .venv/.installed
	$(BIN)/python -m venv policy/.venv
	policy/.venv/bin/python $(PIP) --requirement policy/requirements.txt
	@touch $@

demo: setup ## live through the life of a stack, with no Azure account and no pulumi CLI
	@$(BIN)/python -m rehearsal demo

# make dev STACK=dev AGAINST=azure: a stack that is deployed, as the pulumi CLI knows it
STACK ?= dev
AGAINST ?= rehearsal
dev: setup ## run function and API on this machine, against the rehearsal or (AGAINST=azure) a deployed stack
	@$(BIN)/python -m rehearsal dev --stack $(STACK) --against $(AGAINST)

test: setup ## lint, and run every test beside it
	@$(MAKE) --no-print-directory --jobs=2 lint pytest

pytest: setup
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

lint: setup ## ruff and mypy --strict
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: setup ## let ruff put the code in order
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## remove what setup, the tests and the rehearsals made
	rm -rf .venv policy/.venv .rehearsal .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
