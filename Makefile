# The repository's commands. Each works alone in a fresh clone; what it needs is installed first.
# Packages come from wherever pip on this machine is configured to look.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test check bench lock clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

install: $(INSTALLED) ## Make .venv with everything in it, the akeneo-sfcc command too

$(INSTALLED): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(0 if sys.version_info >= (3, 11) else \
	  f"Python 3.11 or newer is needed, $(PYTHON) is {v}. Name another one: make install PYTHON=python3.13")'
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install ## Run the jobs on the demo PIM, on an embedded AWS
	$(BIN)/akeneo-sfcc demo

test: install ## Run all tests
	$(BIN)/python -m pytest

check: install ## Lint, types, template and state machines, without running anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/cfn-lint template.yaml
	$(BIN)/python -m tests.project.check_machines

bench: install ## Measure speed and memory; takes minutes and prints ratios
	@failed=0; for file in tests/bench/bench_*.py; do \
	  echo "== $$file"; $(BIN)/python -m tests.bench.$$(basename $$file .py) || failed=1; \
	done; exit $$failed
	@if grep -rqs --include='test_*.py' 'mark\.bench' tests; then $(BIN)/python -m pytest -m bench -n 0 -s; fi

UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

lock: install ## Pin both requirement files again, within what their .in files allow
	$(UV_COMPILE) $(LOCK_FLAGS) requirements-dev.in -o requirements-dev.txt
	$(UV_COMPILE) -c requirements-dev.txt layers/dependencies/requirements.in -o layers/dependencies/requirements.txt

clean: ## Remove everything that can be made again
	rm -rf $(VENV) .aws-sam .demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
