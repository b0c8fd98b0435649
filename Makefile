# The repository's commands. Each works alone in a fresh clone; what it needs is installed first.
# Packages come from wherever pip on this machine is configured to look.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test check deployable bench lock clean

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

demo: install ## Run the jobs on the demo PIM into the demo SFCC, on an embedded AWS
	$(BIN)/akeneo-sfcc demo

test: install ## Run all tests
	$(BIN)/python -m pytest

check: install ## Lint, types, template and state machines, without running anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/cfn-lint template.yaml
	$(BIN)/python -m tests.project.check_machines

deployable: install .tools/sam/.installed .tools/checkov/.installed ## Validate, check and build what is deployed; no account needed
	$(SAM) validate --lint
	.tools/checkov/bin/checkov --file template.yaml --config-file tools/checkov.yaml
	$(SAM) build
	rm -rf build/host build/runtime && mkdir -p build/runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile --target build/host \
	  -r layers/dependencies/requirements.txt
	@# What the Lambda runtime brings itself, and nothing else of this environment.
	for name in boto3 botocore s3transfer jmespath dateutil six.py; do \
	  ln -s "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/$$name" build/runtime/$$name; done
	$(BIN)/python -m tests.project.check_artifact .aws-sam/build build/host build/runtime

# Tools whose pins would fight with ours: each has an environment of its own. uv, because pip refuses hashes beside extras.
SAM := env SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1 AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none .tools/sam/bin/sam

.tools/%/.installed: tools/%.txt $(INSTALLED)
	test -x .tools/$*/bin/python || $(PYTHON) -m venv --without-pip .tools/$*
	$(BIN)/uv pip install --quiet --python .tools/$*/bin/python --require-hashes -r tools/$*.txt
	@touch $@

bench: install ## Measure speed and memory; takes minutes and prints ratios
	@failed=0; for file in tests/bench/bench_*.py; do \
	  echo "== $$file"; $(BIN)/python -m tests.bench.$$(basename $$file .py) || failed=1; \
	done; exit $$failed
	@if grep -rqs --include='test_*.py' 'mark\.bench' tests; then $(BIN)/python -m pytest -m bench -n 0 -s; fi

UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

lock: install ## Pin all requirement files again, within what their .in files allow
	$(UV_COMPILE) $(LOCK_FLAGS) requirements-dev.in -o requirements-dev.txt
	$(UV_COMPILE) -c requirements-dev.txt layers/dependencies/requirements.in -o layers/dependencies/requirements.txt
	for tool in sam checkov; do $(UV_COMPILE) --no-strip-extras $(LOCK_FLAGS) tools/$$tool.in -o tools/$$tool.txt; done

clean: ## Remove everything that can be made again
	rm -rf $(VENV) .tools .aws-sam .demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
