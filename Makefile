# Every target does its own set-up: a clean clone needs Python 3.11 and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
export EHR_HOME ?= $(CURDIR)/var

.PHONY: demo test setup lint bench compliance clean stop

demo: setup
	EHR_MODE=demo $(BIN)/ehr demo

# Folders of tests run beside each other; one has its installations for itself. More than
# there are cores (2): most of the time they wait, for a sensor, a build or a browser.
TESTS_AT_ONCE ?= 3
test: setup browser
	EHR_MODE=test $(BIN)/pytest --numprocesses $(TESTS_AT_ONCE) --no-loadscope-reorder

# dbt's project is parsed once for all installations, if it has changed.
setup: $(INSTALLED)
	$(BIN)/python -m pipelines.parsed_project

# Hashes are checked and dependencies are all in the lock, so none is looked up. The
# project itself is installed last, from this folder.
$(INSTALLED): requirements.lock pyproject.toml
	$(or $(shell command -v $(PYTHON)),python3) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		-r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	touch $@

# Chromium for the browser tests and PostgreSQL 15 for those of an external server. Only
# root can install them; others are told what to ask for.
.PHONY: browser
browser:
	@sh tests/install_system_packages.sh

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	EHR_MODE=test $(BIN)/python -m tests.lint_sql

# What the law asks, and whether the tests of the last run prove it: docs/compliance.md.
compliance: setup
	$(BIN)/python -m tests.compliance

# MIMIC=<folder of MIMIC-IV> lets the results viewer be measured on its largest patient.
bench: setup
	EHR_MODE=test $(BIN)/python -m benchmarks $(if $(MIMIC),--mimic $(MIMIC))

stop:
	@test ! -x $(BIN)/ehr || EHR_MODE=demo $(BIN)/ehr down

# Takes away the environment and everything written at run time, keys included.
clean: stop
	rm -rf $(VENV) $(EHR_HOME) *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
