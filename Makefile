.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
DEMO := CORPU_MODE=demo

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

# Each stamp holds what it was made from, so that a second run does nothing.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv; \
	  echo "The venv module is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }

.venv/.installed: requirements.txt | .venv/bin/python
	@echo "Installing what requirements.txt names (once)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt | .venv/bin/python
	@echo "Installing what the tests need (once)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/.installed

corpu/translations/en/LC_MESSAGES/messages.mo: corpu/translations/en/LC_MESSAGES/messages.po | .venv/.installed
	@$(BIN)/pybabel -q compile -d corpu/translations 2>/dev/null

setup: .venv/.installed corpu/translations/en/LC_MESSAGES/messages.mo  ## Set up .venv and nothing else

data: setup  ## Bring the demo database up to date: schema, courses, people
	@$(DEMO) $(BIN)/flask --app wsgi db upgrade >/dev/null
	@$(DEMO) $(BIN)/flask --app wsgi seed demo

run: data  ## Set up all and serve with demo people on http://127.0.0.1:8000 (PORT=… for another)
	@echo "CorpU: http://127.0.0.1:$(PORT)   (Ctrl+C ends it)"
	@$(DEMO) PORT=$(PORT) exec $(BIN)/gunicorn --config corpu/gunicorn_conf.py

# Some images forbid Python to keep what it has compiled; each worker would then do it again.
test: .venv/.installed-dev corpu/translations/en/LC_MESSAGES/messages.mo  ## Everything, on SQLite and PostgreSQL; ARGS="-k certificate" narrows it
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest $(ARGS)

lint: .venv/.installed-dev  ## Style, types, templates, the direction of imports; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet corpu

fix: .venv/.installed-dev  ## Let ruff repair what it can
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: .venv/.installed-dev corpu/translations/en/LC_MESSAGES/messages.mo  ## Measure; ARGS="--save base" keeps a base line, --compare base compares
	@$(BIN)/python -m tests.bench $(ARGS)

messages: .venv/.installed-dev  ## Collect the words of the interface into the English catalogue
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ -k _l -k lazy_gettext --no-location --sort-output --project=CorpU --version=en --msgid-bugs-address= -o build/messages.pot .
	$(BIN)/pybabel -q update -i build/messages.pot -d corpu/translations -l en --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=100

pictures: .venv/.installed-dev  ## Make the README's pictures from the demo that is running
	$(BIN)/python docs/pictures.py

# The licences of what is built in stand in NOTICE; --legal-comments keeps those inside too.
vendor:  ## Make the vendored JavaScript and JSON-LD contexts anew from corpu/vendor/package-lock.json (needs npm)
	cd corpu/vendor && npm ci --silent && npx esbuild --bundle --minify --target=es2020 --format=iife --charset=utf8 --legal-comments=inline --global-name=corpuEd25519 --outfile=../static/js/vendor/ed25519.js ed25519.js
	cd corpu/vendor && npx esbuild --bundle --minify --target=es2020 --format=iife --charset=utf8 --legal-comments=inline --global-name=corpuJsQr --outfile=../static/js/vendor/jsqr.js jsqr.js
	cd corpu/vendor && node contexts.mjs

lock:  ## Write the hashed lock files from pyproject.toml (needs uv)
	uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --universal --python-version 3.11 pyproject.toml -o requirements.txt
	uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --universal --python-version 3.11 pyproject.toml --group dev -o requirements-dev.txt

.PHONY: help setup data run test lint fix bench messages pictures vendor lock
