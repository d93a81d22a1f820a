# `make` alone lists what there is. Every target first makes .venv if it is missing or out of date.

PYTHON := .venv/bin/python
READY := .venv/.complete

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow test-browser test-all coverage lint format types check bench load-test page-speed screenshots lock maps clean findings forecast scorecard

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

$(READY): requirements.lock pyproject.toml .python-version tools/bootstrap.sh
	sh tools/bootstrap.sh

setup: $(READY) ## make .venv (afterwards: .venv/bin/helpseek --help)

demo: $(READY) ## compare two plans for a training school, into results/demo
	.venv/bin/helpseek compare training_school --plans usual cohesion_training \
		--seeds 100 --weeks 26 --out results/demo --force

test: $(READY) ## the fast tests, on all cores
	$(PYTHON) -m pytest -n auto --dist loadfile

test-slow: $(READY) ## the slow tests
	$(PYTHON) -m pytest -m "slow and not browser"

test-browser: $(READY) ## the tests that drive Chromium, two at a time
	$(PYTHON) -m pytest -m browser -n 2 tests/browser $(AGAIN)

test-all: $(READY) ## every test (the browser ones need Chromium)
	$(PYTHON) -m pytest -m ""

# Compiled functions cannot be traced: NUMBA_DISABLE_JIT=1 make coverage looks inside them, slowly.
coverage: $(READY) ## the fast tests, with the lines they miss
	$(PYTHON) -m pytest --cov --cov-report=term-missing --cov-report=html

lint: $(READY) ## check style and formatting
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

format: $(READY) ## put style and formatting right
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

types: $(READY) ## check types
	$(PYTHON) -m mypy

check: lint types test ## lint, types and the fast tests

bench: $(READY) ## measure speed
	$(PYTHON) -m benchmarks

findings: $(READY) ## remake docs/findings.md and its figures (FRESH=1 lives everything anew)
	$(PYTHON) tools/findings.py $(if $(FRESH),--fresh)

forecast: $(READY) ## make the forecast of the coming trial again, with today's date
	$(PYTHON) tools/forecast.py

scorecard: $(READY) ## remake docs/validation.md: every fact, observed and simulated
	$(PYTHON) tools/scorecard.py

load-test: $(READY) ## measure the page: 30 sessions at once, on this computer only
	$(PYTHON) -m benchmarks.page

page-speed: $(READY) ## measure the page in Chromium: how soon it is seen, how fast its weeks are
	$(PYTHON) -m benchmarks.painting

screenshots: $(READY) ## picture every page at three widths (results/page), and for the guides (docs/images/page)
	SCREENSHOTS=results/page PICTURES=docs/images/page $(PYTHON) -m pytest -m browser tests/browser/test_pictures.py

maps: $(READY) ## draw the shipped maps of where a norm takes hold and lasts again
	$(PYTHON) tools/maps.py

lock: $(READY) ## rewrite the lock; UPGRADE=1 takes the newest versions
	$(PYTHON) tools/lock.py $(if $(UPGRADE),--upgrade)

clean: ## remove .venv, .tools, caches and results
	rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov dist results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
