# One environment, .venv, made by the first target that needs it. `make help` lists the targets.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DEV := .venv/.dev
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
COMPILE := pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet
export PYDEVD_DISABLE_FILE_VALIDATION = 1
# The matrices are small: threads that wait for each other cost more than they do.
export OPENBLAS_NUM_THREADS = 1

# Both cores; a file's tests stay in one process with what they share, the longest file first.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help notebooks record site test check lint types contracts registry lab format data \
	refresh-data forecast mutants lock clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

notebooks: $(READY)  ## set up, run every notebook, write readable pages to build/, print the answer
	@$(BIN)/python notebooks/build.py

record: $(READY)  ## run every notebook in place and refresh README's answer, to be committed
	@$(BIN)/python notebooks/build.py --record

site: $(DEV)  ## build the static site into build/site, from the data and the committed notebooks
	@$(BIN)/python site/build.py

test: $(DEV)  ## set up, then everything CI runs: lint, types, contracts, tests, notebooks
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint types contracts registry
	MPLBACKEND=agg $(PYTEST) -q --cov --cov-report=term
	PYTHONPATH=tests/offline $(PYTEST) -q --nbval --nbval-current-env notebooks/*.ipynb

check: $(DEV)  ## lint, types, contracts, and the tests of what changed since the last commit
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint types contracts
	$(BIN)/python tests/changed.py

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(DEV)
	$(BIN)/mypy

contracts: $(DEV)
	$(BIN)/lint-imports

registry: $(DEV)
	$(BIN)/python data/prepare/registry.py --check

lab: $(READY)  ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab notebooks

format: $(DEV)  ## lay the code out
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

data: $(READY)  ## rebuild the derived files in data/; no difference when nothing changed
	$(BIN)/python data/prepare/targets.py
	$(BIN)/python data/prepare/registry.py

refresh-data: $(DEV)  ## update data/ from the live sources: shows every change, on failure changes nothing
	$(BIN)/python data/prepare/refresh.py $(ARGS)

forecast: $(READY)  ## archive today's forecasts in data/forecasts, never overwriting one; WHY="what is new"
	$(BIN)/python data/prepare/forecast_archive.py $(if $(WHY),--why "$(WHY)")

mutants: $(DEV)  ## the rate of small changes that a test notices; MODULE=tradelib/… SAMPLE=300
	$(BIN)/python benchmarks/mutants.py $(MODULE) $(if $(SAMPLE),--sample $(SAMPLE))

lock:  ## choose current versions of the dependencies again
	$(PYTHON) -m venv build/uv && build/uv/bin/pip install --quiet uv
	build/uv/bin/uv $(COMPILE) --upgrade --all-extras --group dev --output-file requirements-dev.lock
	build/uv/bin/uv $(COMPILE) --extra notebooks --group build --constraint requirements-dev.lock \
	    --output-file requirements.lock

clean:  ## remove the environment and everything built
	rm -rf .venv build

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"tradelib needs Python 3.11 or newer, this is {sys.version.split()[0]}; try: make PYTHON=python3.12")'
	@echo "setting up .venv (once, a minute or two)"
	@$(PYTHON) -m venv .venv
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-build-isolation -e .
	@touch $(READY)

$(DEV): $(READY) requirements-dev.lock
	@echo "adding what the tests need"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $(DEV)
