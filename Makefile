# Two commands matter: `make demo` and `make test`. Each target installs first when needed.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p >/dev/null 2>&1 && { echo $$p; break; }; done)
HOUSEHOLDS ?= 10000
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: install demo test lint check bench serve clean lock help

help:            ## what each target does
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/' | sort

install: $(STAMP)  ## build .venv from the lock file
$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)   ## a synthetic county, imported, graded and served (HOUSEHOLDS=10000)
	$(BIN)/lushi demo --households $(HOUSEHOLDS)

test: $(STAMP)   ## every test, files side by side on up to four cores
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: $(STAMP)   ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## lint and test: what must pass before a commit

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
