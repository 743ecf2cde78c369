# Everything here needs only Python 3.11 or newer, make and git. Nothing is installed outside this folder,
# but for the model weights, which go to the user cache (see: simulacra models list).
PYTHON ?= python3
UV := .tools/bin/uv
RUN := .venv/bin
CHARACTER ?= mary-jones
.DEFAULT_GOAL := help
.PHONY: help setup chat serve test lint format bench lock clean

help:
	@echo "make chat    talk with Mary Jones        make serve   the same in the browser"
	@echo "make test    set up and run the tests"
	@echo "make lint    all checks of the code      make bench   every number in docs/benchmarks.md"

setup: .venv/.ready

.tools/.ready:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Simulacra needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .tools || \
	  { echo "Your Python can't make a virtual environment (on Debian: the package python3-venv)."; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.8"
	@touch $@

.venv/.ready: .tools/.ready pyproject.toml requirements.lock
	@echo "Setting up .venv …"
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python .venv/bin/python --no-deps --editable .
	@$(RUN)/python -m compileall -q src benchmarks
	@touch $@

chat: setup
	@$(RUN)/simulacra chat $(CHARACTER) --method macm

serve: setup
	@$(RUN)/simulacra serve

test: setup
	@$(RUN)/pytest -n 4 --dist loadgroup

lint: setup
	@$(RUN)/ruff check . && $(RUN)/ruff format --check . && $(RUN)/lint-imports && $(RUN)/pyright

format: setup
	@$(RUN)/ruff check --fix . ; $(RUN)/ruff format .

bench: setup
	@$(RUN)/python -m benchmarks

lock: .tools/.ready
	@$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --extra all --group dev -o requirements.lock pyproject.toml

clean:
	rm -rf .venv .tools
