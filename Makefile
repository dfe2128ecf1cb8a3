# Two commands on a fresh machine: `make demo` (a small install) and `make test` (everything, with torch).
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
DATA ?= readmore-demo
PORT ?= 8000

.PHONY: demo test lint bench clean

demo: $(VENV)/.installed
	$(BIN)/readmore --data $(DATA) demo --port $(PORT)

test: $(VENV)/.test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/pytest

lint: $(VENV)/.test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks.run

clean:
	rm -rf $(VENV) $(DATA)

$(VENV)/bin/python:
	@echo "making a virtual environment in $(VENV): a few seconds"
	$(PYTHON) -m venv $(VENV)

# pip is not told to be quiet: what it fetches is what there is to see of a step that takes minutes
PIP = $(BIN)/pip --disable-pip-version-check install --constraint constraints.txt

# what readmore needs to run: no torch. Python compiles what is used when it is used, which makes a silent minute of
# pip's last step seconds
$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "installing readmore and the packages it needs into $(VENV), some 270 MB: about a minute"
	$(PIP) --no-compile --editable .
	@touch $@

# torch comes first and by its exact version: an unpinned torch brings gigabytes of CUDA packages along
$(VENV)/.test-installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "installing torch for the neural models, into $(VENV): one to several minutes"
	$(PIP) torch==2.13.0
	@echo "installing readmore with all extras and the test tools: a minute or two"
	$(PIP) --editable ".[test]"
	@touch $(VENV)/.installed $@
