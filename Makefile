# The first supported Python on this machine; override with `make PYTHON=/path/to/python3.12 run`.
SUPPORTED := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))
PYTHON ?= $(shell for p in python3.12 python3.11 python3; do \
	$$p -c '$(SUPPORTED)' >/dev/null 2>&1 && echo $$p && break; done)
READY := .venv/.ready

.PHONY: run test prove check format bench clean lock

run: $(READY)
	@exec .venv/bin/python app.py run

test: $(READY)
	@.venv/bin/python -m pytest -q -n 2

prove: $(READY)
	@CANDOUR_PROVE=1 .venv/bin/python -m pytest -q -n 2

check: $(READY)
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/python app.py policy test

format: $(READY)
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: $(READY)
	@.venv/bin/python -m bench $(if $(SIZES),--sizes $(SIZES))

clean:
	@rm -rf .venv .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock
	@test -n "$(PYTHON)" || { echo "Candour needs Python 3.11 or 3.12: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c '$(SUPPORTED)' || { echo "$(PYTHON) is not Python 3.11 or 3.12 with venv" >&2; exit 1; }
	@echo "Installing Python packages into .venv (about a minute, once) …" >&2
	@rm -f $@
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/python -m pip install -qq --no-compile --disable-pip-version-check --require-hashes -r requirements.lock
	@.venv/bin/python -m compileall -q -j 0 .venv/lib >/dev/null || true
	@touch $@

# Needs uv. Markers that only repeat what Candour supports are cut: elsewhere pip then fails instead of installing nothing.
# deploy/requirements.lock is the part of it that a server needs, without what tests and checks use.
LOCK = uv pip compile pyproject.toml --extra traces --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet
lock:
	@$(LOCK) --group dev $(UPGRADE) -o requirements.lock
	@$(LOCK) --constraints requirements.lock -o deploy/requirements.lock
	@sed -i -e "s/ ; python_full_version < '3.13' and sys_platform == 'linux' / /" \
		-e "s/ ; python_full_version < '3.13' and \(.*\) and sys_platform == 'linux' / ; \1 /" \
		requirements.lock deploy/requirements.lock
