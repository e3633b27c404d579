# The commands that the README and CONTRIBUTING name. Needs Python 3.11+, git and make; the rest is installed here.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PLIMSOLL_CORPUS ?= ../shared/corpus
export PLIMSOLL_CORPUS

.PHONY: help demo test check bench fuzz accuracy accuracy-components corpus docs format tools clean

help:
	@echo "make demo    set up, then assess a sample product; leaves build/demo/good.html and build/demo/bad.html"
	@echo "make test    set up, then run the tests"
	@echo "make check   lint, types, import floors, drift of the generated pages"
	@echo "make bench   measure against unsquashfs in the same run; then each inspector, importing, and matching of 300,000 holes"
	@echo "make fuzz    damaged images for about five minutes: IMAGES=n mutated ones, then GUIDED=n seconds guided by atheris"
	@echo "make accuracy  assess good and bad twins built from packages of Debian; writes docs/accuracy.md"
	@echo "make corpus  assess every image of the folder that PLIMSOLL_CORPUS names"
	@echo "make accuracy-components  fetch packages of Debian and measure which components are identified in them"
	@echo "make docs    write the generated pages again"
	@echo "make format  let ruff lay out the code"

$(VENV)/ready: pyproject.toml src/plimsoll/__init__.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

$(VENV)/oracles: $(VENV)/ready
	-$(BIN)/python -m pip install --quiet --group oracles
	touch $@

tools:
	@scripts/install_tools.sh

demo: $(VENV)/ready
	$(BIN)/python scripts/demo.py build/demo

test: $(VENV)/ready $(VENV)/oracles tools
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered -rs

check: $(VENV)/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/build_components.py --check
	$(BIN)/python scripts/build_docs.py --check

bench: $(VENV)/ready tools
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/inspectors.py
	$(BIN)/python benchmarks/knowledge.py
	$(BIN)/python benchmarks/matching.py

IMAGES ?= 20000
GUIDED ?= 120

fuzz: $(VENV)/ready tools
	-$(BIN)/python -m pip install --quiet --group fuzz
	PYTHONPATH=. $(BIN)/python scripts/fuzz.py --images $(IMAGES) --seconds $(GUIDED)

accuracy: $(VENV)/ready tools
	PYTHONPATH=. $(BIN)/python scripts/accuracy.py --write

corpus: $(VENV)/ready
	$(BIN)/python scripts/corpus.py

accuracy-components: $(VENV)/ready
	$(BIN)/python scripts/measure_components.py --unseen bookworm:mipsel,trixie:ppc64el,forky:s390x --write

docs: $(VENV)/ready
	$(BIN)/python scripts/build_components.py
	$(BIN)/python scripts/build_docs.py

format: $(VENV)/ready
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf build $(VENV)
