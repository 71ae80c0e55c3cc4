# `make help` lists what there is.
PYTHON ?= python3
BIN = .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup scale run serve backup restore upgrade rollback test check lint format messages demo bench lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Newsroom needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Choose another: PYTHON=python3.12 make run")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what the site runs on (once)…"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what the tests need (once)…"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.venv/installed-scale: requirements-scale.txt .venv/installed
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-scale.txt
	@touch $@

tests/node_modules/installed: tests/package-lock.json
	@if command -v npm >/dev/null; then cd tests && npm ci --silent --no-audit --no-fund && touch node_modules/installed; \
	else echo "npm is not here: the HTML and accessibility checks will be named as not run"; fi

setup: .venv/installed ## install what the site runs on

run: .venv/installed ## serve the site on http://127.0.0.1:8000, filled with the demo when it is empty
	@$(BIN)/python manage.py serve --demo

serve: .venv/installed ## serve the site for real: the same without the demo
	@$(BIN)/python manage.py serve

backup: .venv/installed ## put the whole site into one file, while it runs (TO=file)
	@$(BIN)/python manage.py backup $(if $(TO),--to $(TO))

restore: .venv/installed ## put a backup back, the site being stopped (FROM=file)
	@$(BIN)/python manage.py restore $(FROM)

upgrade: ## go to the newest version (TO=tag) without a moment's rest; docs/operations.md
	@$(BIN)/python deploy/upgrade.py $(TO)

rollback: ## go back to the version before
	@$(BIN)/python deploy/upgrade.py --back

scale: .venv/installed-scale ## install what PostgreSQL, Redis and S3 need as well

test: .venv/installed-dev tests/node_modules/installed ## run every test
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

check: lint test ## what CI checks: lint and every test

lint: .venv/installed-dev ## look at format, imports, migrations, messages and deployment, and run no test
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@git ls-files 'templates/*.html' | xargs $(BIN)/djade --check --target-version 5.2
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python tools/messages.py --check
	@NEWSROOM_DATA=$$(mktemp -d) SITE_URL=https://news.example $(BIN)/python -W error -W "ignore:The default scheme will be changed" manage.py check --deploy --fail-level WARNING

format: .venv/installed-dev ## format the code and the templates
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && git ls-files 'templates/*.html' | xargs $(BIN)/djade --target-version 5.2

messages: .venv/installed-dev ## collect the words of the interface and compile their translations
	@$(BIN)/python tools/messages.py

demo: .venv/installed ## fill the site with the demo (safe to run twice)
	@$(BIN)/python manage.py serve --prepare-only && $(BIN)/python manage.py demo $(ARGS)

bench: .venv/installed-dev ## measure, and print ratios
	@failed=0; for file in $$(grep -l '^if __name__' bench/*.py); do echo "\n$$file"; $(BIN)/python $$file || failed=1; done; exit $$failed

lock: .venv/installed-dev ## write requirements*.txt from requirements*.in
	@PATH="$$PWD/$(BIN):$$PATH" $(BIN)/python tools/lock.py

clean: ## remove what was installed, not what was written
	@rm -rf .venv tests/node_modules .pytest_cache .ruff_cache
