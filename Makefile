# One environment, .venv, made by the first target that needs it. `make help` lists the targets.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DEV := .venv/.dev
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
UV := build/uv/bin/uv
COMPILE := pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
export PYDEVD_DISABLE_FILE_VALIDATION = 1
# The matrices are small: threads that wait for each other cost more than they do.
export OPENBLAS_NUM_THREADS = 1

# Both cores; a file's tests stay in one process with what they share, the longest file first.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
# What checks notebooks takes each process three seconds to load: only where there are some.
BARE := -p no:nbval

.PHONY: help notebooks record site test rebuilt coverage check lint types contracts package workflows lab format \
	data refresh-data forecast registry mutants dist test-lowest test-newest lock clean
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
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint types contracts package workflows
	MPLBACKEND=agg $(PYTEST) $(BARE) -q
	PYTHONPATH=tests/offline $(PYTEST) -q --nbval --nbval-current-env notebooks/*.ipynb

# Apart from `make test`: it needs panels that are not published, and takes minutes.
rebuilt: $(DEV)  ## learn again what ships, where the panels are at hand (../shared/panel), and hold it to the files
	MPLBACKEND=agg $(PYTEST) -q -m rebuilt

# Apart from `make test`: tracing every line makes the tests take half as long again.
coverage: $(DEV)  ## the share of lines and branches that the tests run; below 95 % is a failure
	MPLBACKEND=agg $(PYTEST) $(BARE) -q --cov --cov-report=term

check: $(DEV)  ## lint, types, contracts, and the tests of what changed since the last commit
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint types contracts workflows
	$(BIN)/python tests/changed.py

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python tests/docstrings.py

types: $(DEV)
	$(BIN)/mypy

contracts: $(DEV)
	$(BIN)/lint-imports

package: $(DEV)  ## hold data/ to its description, and the registry of targets to its rules
	$(BIN)/python data/prepare/datapackage.py --check
	$(BIN)/python data/prepare/registry_check.py

workflows: $(DEV)  ## hold workflow files and CITATION.cff to their schemas, and workflows to an audit
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema custom.github-workflows-require-timeout \
	    .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.citation-file-format CITATION.cff
	$(BIN)/zizmor --quiet --offline --pedantic --strict-collection .

lab: $(READY)  ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab notebooks

format: $(DEV)  ## lay the code out
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

data: $(READY)  ## rebuild the derived files in data/; no difference when nothing changed
	$(BIN)/python data/prepare/targets.py
	$(BIN)/python data/prepare/datapackage.py
	$(BIN)/python data/prepare/resolve.py

refresh-data: $(DEV)  ## update data/ from the live sources: shows every change, on failure changes nothing
	$(BIN)/python data/prepare/refresh.py $(ARGS)
	$(BIN)/python data/prepare/resolve.py

forecast: $(READY)  ## archive the forecasts of a new day of data in data/forecasts: a day has one, never edited
	$(BIN)/python data/prepare/forecast_archive.py
	$(BIN)/python data/prepare/datapackage.py
	$(BIN)/python data/prepare/resolve.py

registry: $(READY)  ## put the registry of targets into one file to cite and load, in build/
	$(BIN)/python data/prepare/registry_release.py

mutants: $(DEV)  ## the rate of small changes that a test notices; MODULE=tradelib/… SAMPLE=300
	$(BIN)/python benchmarks/mutants.py $(MODULE) $(if $(SAMPLE),--sample $(SAMPLE))

dist: $(DEV)  ## build what is published, build/dist, and check it; TAG=v0.2.0 holds it to a tag
	rm -rf build/dist
	$(BIN)/python -m build --no-isolation --outdir build/dist
	DIST=$(CURDIR)/build/dist TAG=$(TAG) $(BIN)/python -m pytest -q tests/test_package.py

# Without the lock, each in an environment of its own: what pyproject.toml allows has to work too. Old versions
# may say that newer ones of what they use will change.
test-lowest: RESOLUTION := lowest-direct  ## the tests, with the lowest versions allowed
test-lowest: WARNINGS := -W ignore::DeprecationWarning
test-newest: RESOLUTION := highest  ## the tests, with the newest versions allowed
test-lowest test-newest: test-%: $(UV)
	$(UV) venv --quiet --clear --python $(PYTHON) build/$*
	$(UV) pip install --quiet --python build/$* --resolution $(RESOLUTION) \
	    --group dev --editable '.[dask,gravity,live,notebooks]'
	MPLBACKEND=agg build/$*/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder $(WARNINGS)

$(UV): requirements-uv.lock
	$(PYTHON) -m venv --clear build/uv
	build/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock

lock: $(UV)  ## choose current versions of the dependencies, and of the hook, again
	$(UV) $(COMPILE) pyproject.toml --upgrade --all-extras --group dev --output-file requirements-dev.lock
	$(UV) $(COMPILE) pyproject.toml --extra notebooks --group build --constraint requirements-dev.lock \
	    --output-file requirements.lock
	$(UV) $(COMPILE) --upgrade --group lock --output-file requirements-uv.lock
	sed -i.old "s/rev: v[0-9.]*/rev: v$$(sed -n 's/^ruff==\([0-9.]*\).*/\1/p' requirements-dev.lock)/" .pre-commit-config.yaml
	rm .pre-commit-config.yaml.old

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
