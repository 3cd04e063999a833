# What CI runs, and the long runs it does not. `make check` needs the extra `dev` installed (see README.md).
PYTHON ?= python3

.PHONY: check test lint types format benchmarks docs fuzz

check: lint types test

test:
	$(PYTHON) -m pytest -q -n auto

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m rulelang fmt --check rulebooks

types:
	$(PYTHON) -m mypy

format:
	$(PYTHON) -m ruff format .
	$(PYTHON) -m rulelang fmt rulebooks

benchmarks:
	$(PYTHON) -m benchmarks

docs:
	$(PYTHON) -m website

fuzz:
	$(PYTHON) -m tests.oracle --random 20000
