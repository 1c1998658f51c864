# Every target sets itself up in .venv; only Python 3.11+ and make are needed.
PYTHON ?= python3
BIN := .venv/bin
LOGS ?= fixtures/trainer-sweep
# TensorFlow says a lot about this machine that nobody asked for.
export TF_CPP_MIN_LOG_LEVEL ?= 3

.PHONY: all demo test lint types bench docs validators fuzz clean

all: test

demo: .venv/installed ## check a shipped sweep and put its findings to the test
	$(BIN)/advisor check $(LOGS) --confirm --budget 90s --workdir demo-report/trained \
		--output demo-report/report.md --exit-zero

test: .venv/dev-installed lint types ## everything that must hold before a commit
	$(BIN)/pytest -n 2

lint: .venv/dev-installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: .venv/dev-installed
	$(BIN)/mypy

bench: .venv/bench-installed ## speed against peers, false alarms, detection
	$(BIN)/python -m benchmarks

validators: build/validators/installed ## what reads the outputs; more tests then run

docs: .venv/dev-installed ## rewrite the generated parts of README.md
	$(BIN)/python docs/generate.py

# atheris needs CPython 3.11 to 3.13 on Linux; it is no dependency of anything else.
FUZZ_SECONDS ?= 60
fuzz: .venv-fuzz/installed ## arbitrary bytes for every parser, FUZZ_SECONDS each
	@for target in $$(.venv-fuzz/bin/python -m fuzz --list); do \
		echo "== $$target"; \
		.venv-fuzz/bin/python -m fuzz $$target -max_total_time=$(FUZZ_SECONDS) \
			-verbosity=0 || exit 1; \
	done

.venv-fuzz/installed: pyproject.toml
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check \
		--editable . 'atheris>=3.0'
	@touch $@

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[confirm]'
	@touch $@

.venv/dev-installed: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,confirm]'
	@touch $@ .venv/installed

.venv/bench-installed: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench,confirm]'
	@touch $@

build/validators/installed: pyproject.toml Makefile .venv/dev-installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[validators]'
	npm install --silent --no-save --no-audit --no-fund --prefix build/validators \
		@microsoft/jest-sarif@1.0.0-beta.0 @microsoft/sarif-multitool@5.7.0 \
		@umbrelladocs/rdformat-validator@1.0.1
	@touch $@

clean:
	rm -rf .venv build demo-report bench-results .mypy_cache .pytest_cache .ruff_cache
