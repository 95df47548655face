.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
# Lint parses in a home of its own, whatever .env says.
LINTED := $(CURDIR)/.touchstone/lint
SIZE ?= demo
SEED ?= 7
MAP ?= marketo
CRM ?= salesforce
CRM_OBJECTS ?= all
BILLING ?=
STACK = --map $(MAP) --crm $(CRM) --crm-objects $(CRM_OBJECTS) $(BILLING)

export DAGSTER_DISABLE_TELEMETRY := yes
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: help nightly check test test-long test-fast ui lint format bench demo score clean lock

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

nightly: $(VENV)/bin/touchstone ## Install, then run the whole nightly job on TOUCHSTONE_LANDING or the demo company
	@$(RUN) -m orchestration nightly

check: $(VENV)/bin/touchstone ## Say what is wrong with seeds, suites, contracts, settings and TOUCHSTONE_LANDING; write nothing
	@$(VENV)/bin/touchstone check

ui: $(VENV)/bin/touchstone ## Start the Dagster UI on http://127.0.0.1:3000
	@$(RUN) -m orchestration ui

test: $(VENV)/.dev lint ## Run lint and every test but the long ones
	$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not long"

test-long: $(VENV)/.dev ## Run the tests that kill whole nights and rebuild from all extracts
	$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m long

test-fast: $(VENV)/.dev ## Run the tests that take no night, no server and no simulated company
	$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

lint: $(VENV)/.dev ## Check Python, SQL, dbt conventions and Dagster definitions
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(VENV)/bin/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models dbt_project/data_tests
	TOUCHSTONE_HOME="$(LINTED)" TOUCHSTONE_LANDING= $(RUN) -m orchestration parse
	DBT_PROJECT_DIR="$(LINTED)/demo/dbt" \
		$(VENV)/bin/dbt-bouncer run --config-file dbt_project/dbt-bouncer.yml

format: $(VENV)/.dev ## Format Python and SQL
	$(RUN) -m ruff format .
	$(RUN) -m ruff check --fix .
	$(VENV)/bin/sqlfluff fix --processes 2 dbt_project/models dbt_project/data_tests

demo: $(VENV)/.runtime ## Write the demo company's extracts and truth (SIZE=demo SEED=7 MAP=marketo CRM=salesforce)
	@$(RUN) -m orchestration.demo --size $(SIZE) --seed $(SEED) $(STACK) --out $${TOUCHSTONE_HOME:-.touchstone}/demo

# A company that runs experiments is another one: figures of the larger sizes are of that without.
score: SIZE := tiny
score: EXPERIMENTS ?= $(if $(filter tiny,$(SIZE)),--experiments)
score: $(VENV)/.runtime ## Score the pipeline on a simulated company against its truth (SIZE=tiny SEED=7 MAP=marketo CRM=salesforce)
	@$(RUN) -m orchestration score --size $(SIZE) --seed $(SEED) $(STACK) $(EXPERIMENTS)

bench: $(VENV)/.dev ## Measure speed and memory as ratios against a floor of the same run
	$(RUN) -m tests.bench.bench_ingestion
	$(RUN) -m tests.bench.bench_matching
	$(RUN) -m tests.bench.bench_attribution
	$(RUN) -m tests.bench.bench_credits
	$(RUN) -m tests.bench.bench_incremental

clean: ## Remove the environment, caches and build files; published marts and the lake stay
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: ## Resolve the locks again (needs uv); versions and hashes only
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras \
		--quiet --extra dev -o requirements-dev.lock pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras \
		--quiet -c requirements-dev.lock -o requirements.lock pyproject.toml

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else \
		"Touchstone needs Python 3.11 to 3.13, found %d.%d; name one: make PYTHON=python3.11" % v)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	@echo "Installing (once per lock) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# A launcher instead of an installation, which would need a build backend; it works in any folder.
$(VENV)/bin/touchstone: $(VENV)/.runtime
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s" -P -m orchestration "$$@"\n' "$(CURDIR)" "$(abspath $(RUN))" > $@
	@chmod +x $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing the development tools (once per lock) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
