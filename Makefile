# s3geo: `make app` serves the map, `make test` proves it. Everything else is for those who change the code.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: app test lint format bench load scale fuzz boundaries data clean help

help:            ## show this list
	@grep -hE '^[a-z]+: .*##|^[a-z]+: +##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## */  make \1	/'

app: $(VENV)/.app  ## install what the app needs and serve it
	@$(BIN)/s3geo app --port $(PORT) --no-browser

test: $(VENV)/.test  ## install the test tools and a browser if need be, and run the whole suite
	@$(BIN)/python tests/browser/find_chromium.py --install
	@$(BIN)/python -m pytest -n 2 --dist loadscope

lint: $(VENV)/.lint  ## format, style, types, layers, spelling
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/codespell

format: $(VENV)/.lint  ## put the code into its format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.bench  ## measure: latencies in a real browser, composing, drawing
	@$(BIN)/python tests/browser/find_chromium.py --install
	@$(BIN)/python -m pytest tests/benchmarks -q -s

scale: $(VENV)/.test  ## count up to 20 million organisations, and 5 million on both engines: five minutes, 4 GB of disk
	@$(BIN)/python -m pytest tests/benchmarks/scale.py -q -s

fuzz: $(VENV)/.test  ## throw 100,000 damaged inputs at every reader, and 5,000 addresses at the app (docs/reliability.md)
	@$(BIN)/python tests/fuzz/fuzzing.py --inputs 100000
	@S3GEO_FUZZ_EXAMPLES=5000 $(BIN)/python -m pytest -n 0 -q tests/fuzz/test_addresses.py

load: $(VENV)/.test  ## let 1, 5, 20 and 50 visitors work at once, then twice 6,000 actions on end, and print what it took
	@$(BIN)/python tests/benchmarks/load.py

boundaries: $(VENV)/.test  ## build boundaries/ again from the postcode directory
	@$(BIN)/s3geo boundaries build

data: $(VENV)/.test  ## compile data/ again from raw tables in RAW
	@$(BIN)/s3geo refresh --from $(RAW)

clean:           ## remove the environment and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "s3geo needs Python 3.11 or newer; name one: make PYTHON=python3.12 app"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "No virtual environment could be made; on Debian or Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.app: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing s3geo into $(VENV) ..."
	@$(PIP) --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.app
	@$(PIP) --editable '.[test]'
	@touch $@

$(VENV)/.bench: $(VENV)/.test
	@$(PIP) --editable '.[test,bench]'
	@touch $@

$(VENV)/.lint: $(VENV)/.test
	@$(PIP) --editable '.[test,lint]'
	@touch $@
