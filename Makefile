# `make race` and `make test` each do all the set-up they need: python3 (3.11 or newer) and make.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup race test check bench clean help

help:
	@echo "make race    race the lecture's seven methods on the digits"
	@echo "make test    run the tests"
	@echo "make check   formatting, lint and types"
	@echo "make bench   measure beside PyTorch, Keras, scikit-learn, hand-written JAX and TensorBoard"

.venv/made: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Uzviz needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/test: .venv/made
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

.venv-bench/made: pyproject.toml
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet 'torch==2.13.0'
	.venv-bench/bin/python -m pip install --quiet --editable '.[bench]'
	@touch $@

setup: .venv/test

race: .venv/made
	$(BIN)/uzviz race digits

test: .venv/test
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

check: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright

bench: .venv-bench/made
	.venv-bench/bin/python benchmarks/train.py
	.venv-bench/bin/python benchmarks/race.py
	.venv-bench/bin/python benchmarks/log.py --slow

clean:
	rm -rf .venv .venv-bench dist race.png
