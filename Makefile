# Everything starts here: a fresh clone needs `make run` or `make test` and nothing else.
# PYTHON picks the interpreter (3.11 or newer) that .venv is made with: make test PYTHON=python3.12
PYTHON = python3
VENV   = .venv
BIN    = $(VENV)/bin
PIP    = $(BIN)/python -m pip --disable-pip-version-check

# Books and sample files are UTF-8 whatever the locale says.
export PYTHONUTF8 = 1

# Arguments for pytest, for example: make test ARGS="-n 2 tests/unit"
ARGS =

BASE = $(VENV)/.base-installed
DEV  = $(VENV)/.dev-installed

.PHONY: help setup run test sweep lint format types goldens bench slope docs lock clean
.DEFAULT_GOAL := help
# Two pips at work in one .venv break it, and the checks already use every core they can.
.NOTPARALLEL:

help:
	@echo 'make run      start the demo: sample books, API and Fava'
	@echo 'make test     run the tests, without the long sweeps'
	@echo 'make sweep    run the long sweeps'
	@echo 'make lint     check style and formatting'
	@echo 'make format   fix style and formatting'
	@echo 'make types    check types'
	@echo 'make goldens  rewrite the golden files from what the code does now'
	@echo 'make bench    measure speed against plain Beancount and Fava (N= orders, SKUS=)'
	@echo 'make slope    fail where an import, a post or a read costs more the more orders there are'
	@echo 'make docs     write the generated pages of docs/'
	@echo 'make setup    only make .venv, with the tools for tests'
	@echo 'make lock     pin the newest allowed versions in requirements/ (needs uv)'
	@echo 'make clean    remove .venv, caches and builds'

# .venv is made anew when the requirements change, never otherwise. The lists are complete (--no-deps): pip would look for newer
# releases of what is named with an extra, and refuse them for having no hash. setup.cfg alone only installs the package again.
$(BASE): requirements/base.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo '$(PYTHON) is missing or older than 3.11: install Python 3.11 or newer, or name one: make PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'Python cannot make virtual environments here: install the package python3-venv (apt-get install python3-venv), then run make again.' >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --quiet --no-deps --require-hashes -r requirements/base.txt
	@touch $@

$(DEV): requirements/dev.txt $(BASE)
	$(PIP) install --quiet --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

$(BIN)/orderledger: setup.cfg pyproject.toml $(BASE)
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

setup: $(DEV) $(BIN)/orderledger

run: $(BIN)/orderledger
	$(BIN)/python -m api.demo

test: setup
	$(BIN)/python -m pytest $(ARGS)

sweep: setup
	$(BIN)/python -m pytest -m slow $(ARGS)

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: setup
	$(BIN)/mypy

goldens: setup
	$(BIN)/python -m pytest --update-goldens $(ARGS)

bench: setup
	$(BIN)/python -m tests.bench $(if $(N),--orders $(N)) $(if $(SKUS),--skus $(SKUS)) $(ARGS)

slope: setup
	$(BIN)/python -m tests.bench.slope

docs: setup
	$(BIN)/python -m tests.docs

# The index is whatever uv is set up with here; the files written name none.
UV = uv
LOCK = cd requirements && $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'
lock:
	$(LOCK) base.in -o base.txt
	$(LOCK) dev.in -o dev.txt

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* htmlcov .run
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
