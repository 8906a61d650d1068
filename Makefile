# Legger's workshop. On a fresh machine: python3.11+ (with venv and pip) and make; nothing else.
PYTHON ?= python3
BIN := .venv/bin
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

# Where bytecode is not kept, every program that a test starts compiles the code anew.
export PYTHONDONTWRITEBYTECODE :=

# Tests that serve no site, without those that start many processes.
QUICK := archive/model archive/compare archive/db archive/search archive/versions crawler/siteconfig crawler/scheduling \
	crawler/test_urls.py crawler/links/test_discover.py crawler/extract/test_body.py crawler/extract/test_fields.py \
	crawler/extract/test_dates.py legger/test_config.py legger/test_public_names.py test_normalize.py

QUICK := $(addprefix tests/,$(QUICK)) $(addprefix --ignore=tests/,archive/db/test_session.py crawler/scheduling/test_programs.py)

.PHONY: setup demo test test-postgresql check coverage matrix browser look lint bench lock
setup: .venv/ready        ## .venv with the locked packages and .venv/bin/legger

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Legger needs Python 3.11 or newer; try: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up .venv (once, about half a minute) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup               ## the story in a minute, offline, on the practice newspaper
	@$(BIN)/legger demo

test: setup               ## every test
	@$(BIN)/python -m pytest -q

test-postgresql: setup    ## the tests of the archive on a PostgreSQL of their own
	@LEGGER_TEST_ENGINE=postgresql $(BIN)/python -m pytest -q tests/archive

check: lint               ## lint and the quick tests: before every commit
	@$(BIN)/python -m pytest -q $(QUICK)

coverage: setup           ## every test, and the lines that none of them reaches (.venv/bin/coverage html shows them)
	@$(BIN)/python -m pip install -q --disable-pip-version-check pytest-cov
	@$(BIN)/python -m pytest -q --cov=archive --cov=crawler --cov=legger --cov=scheduler --cov-report=term-missing:skip-covered

matrix: setup             ## the quick tests with each Python of 3.11 to 3.14 that is on this machine
	@for version in 3.11 3.12 3.13 3.14; do \
		python$$version -c "import sys; sys.exit(sys.version_info[:2] != ($${version%.*}, $${version#*.}))" 2>/dev/null \
			|| { echo "Python $$version: not on this machine"; continue; }; \
		echo "Python $$version"; \
		test -x .venv/matrix/$$version/bin/python || python$$version -m venv .venv/matrix/$$version || exit 1; \
		.venv/matrix/$$version/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock || exit 1; \
		.venv/matrix/$$version/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . || exit 1; \
		.venv/matrix/$$version/bin/python -m pytest -q $(QUICK) || exit 1; \
	done

browser: setup            ## the reading room in headless Chromium, its API under schemathesis (sets both up)
	@$(BIN)/python -m pip install -q --disable-pip-version-check playwright axe-playwright-python schemathesis
	@command -v chromium chromium-browser google-chrome >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium; } >/dev/null
	@$(BIN)/python -m pytest -q -n 0 tests/web/test_browser.py tests/web/test_schemathesis.py

look: setup               ## screenshots of every page of the reading room, at two widths, in ./look
	@LEGGER_LOOK=look $(MAKE) --no-print-directory browser

lint: setup               ## format, style, types, walls
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: setup              ## figures, each a ratio measured in one run
	@$(BIN)/python -m bench

lock: setup               ## renew both locks after a change of dependencies: the workshop's, and that of a container
	@$(BIN)/python -m pip install -q uv
	@$(BIN)/uv pip compile -q pyproject.toml --extra dev $(LOCK) -o requirements.lock
	@$(BIN)/uv pip compile -q pyproject.toml --extra web --extra metrics -c requirements.lock $(LOCK) -o ops/requirements.lock
