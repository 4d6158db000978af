# Đình: `make demo` shows it, `make test` proves it.
SHELL := /bin/sh
BIN := .venv/bin
export DINH_HOME ?= $(CURDIR)/.dinh
.PHONY: help demo test bench lint docs screens setup setup-dev assets format lock clean test-registers test-browser test-frontend

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: ## environment, packages and front end, as far as serving needs them
	@tools/setup_environment run

setup-dev: ## the same for developers, with Debian packages
	@tools/debian_packages
	@tools/setup_environment dev

demo: setup ## the demonstration, until Ctrl-C; PORT and DINH_HOME are honoured
	@exec $(BIN)/dinh demo

assets: setup ## build the front end anew
	@npm run --silent build

lint: setup-dev ## formatting, types, contracts, templates, translations, migrations
	@tools/lint

test: ## everything, on SQLite and on PostgreSQL, each stage within its time budget
	@tools/test_all

bench: setup-dev ## benchmarks beside their peers, into bench/results.json
	@tools/debian_packages splat wrk
	@$(BIN)/python -m bench

docs: setup-dev ## the documentation, built strictly, into site/
	@$(BIN)/mkdocs build --strict --quiet

screens: setup-dev ## pictures of the running demo into docs/screens/
	@$(BIN)/python tools/screens

format: setup-dev ## put the code in order
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

lock: setup-dev ## pin dependencies anew
	@tools/lock

clean: ## removes what was built; data in DINH_HOME stays
	@rm -rf .venv node_modules src/dinh/web/static/built site .mypy_cache .ruff_cache
