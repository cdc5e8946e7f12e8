# Two commands matter: `make demo` and `make test`. Each target installs first when needed.
PYTHON ?= python3.11
HOUSEHOLDS ?= 10000
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: install demo test check bench serve clean lock help

help:            ## what each target does
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/' | sort

install: $(STAMP)  ## build .venv from the lock file
$(STAMP): requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)   ## a synthetic county, imported, graded and served (HOUSEHOLDS=10000)
	$(BIN)/lushi demo --households $(HOUSEHOLDS)

test: $(STAMP)   ## every test
	$(BIN)/python -m pytest

check: $(STAMP)  ## format, lint, types, import rules, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

bench: $(STAMP)  ## what is fast, against peers, as ratios in one run
	$(BIN)/python -m benchmarks

serve: $(STAMP)  ## the service on the county in var/
	$(BIN)/lushi serve

lock:            ## resolve the lock files anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml -o requirements-dev.lock

clean:           ## remove what was generated, the embedded database included
	@if [ -x $(BIN)/lushi ]; then $(BIN)/lushi stop || true; fi
	rm -rf .venv build *.egg-info var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
