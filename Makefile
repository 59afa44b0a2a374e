# Two commands: `make run` serves the dashboard (PORT=8600 chooses a port), `make test` runs everything that is checked.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV := $(BIN)/python -m uv pip compile --quiet
COMPILED := $(shell grep -rl --include='*.py' numba itnt_core)

.PHONY: run serve test test-shared coverage docs demo lock lock-check clean
run: $(VENV)/.compiled
	@$(BIN)/python -c 'import socket; socket.create_server(("127.0.0.1", $(or $(PORT),0)))' 2>/dev/null || \
	  { echo "Port $(PORT) cannot be used: choose another, as in 'make run PORT=8600'."; exit 1; }
	$(BIN)/python -m streamlit run dashboard.py $(if $(PORT),--server.port $(PORT))

# Serves many people, who log in (docs/serving.md): `make serve ADDRESS=0.0.0.0 NAMES="studio.example 10.0.0.5" PORT=8501`.
serve: $(VENV)/.compiled
	ITNT_PROFILE=server ITNT_NICE=$${ITNT_NICE:-10} $(if $(NAMES),STREAMLIT_SERVER_ALLOWED_HOSTS="$(NAMES)") $(BIN)/python -m streamlit run dashboard.py \
	  --server.address $(or $(ADDRESS),127.0.0.1) $(if $(PORT),--server.port $(PORT))

test: $(VENV)/.installed-dev $(VENV)/.compiled
	sh .ci/chromium
	$(BIN)/python -m tests.javascript.node
	$(BIN)/python -m pytest -n 3 --dist loadgroup

# The tests that need the real files beside the project, and no others.
test-shared: $(VENV)/.installed-dev $(VENV)/.compiled
	$(BIN)/python -m pytest -n 3 --dist loadgroup -m shared

# Says which lines and branches no test reaches: a table, and build/coverage/index.html.
coverage: $(VENV)/.installed-dev $(VENV)/.compiled
	sh .ci/chromium
	$(BIN)/python -m tests.javascript.node
	$(BIN)/python -m pytest -n 3 --dist loadgroup --cov --cov-report term:skip-covered --cov-report html

# The reference of the Python names, out of their docstrings: build/reference/index.html.
docs: $(VENV)/.installed-dev
	$(BIN)/python docs/reference/build.py build/reference

# Records the run that the first start shows, and the same scenario with one more mast (itnt_core/runs/recorded.py).
BEFORE := assets/demo
AFTER := assets/demo_one_more_mast
demo: $(VENV)/.installed
	mkdir -p build
	$(BIN)/python -m itnt_core scenario new --preset london-evening -o build/before.json
	$(BIN)/python -m itnt_core run build/before.json --method planner -o $(BEFORE)
	$(BIN)/python -m itnt_core.mapdata.opening $(BEFORE)
	$(BIN)/python -m itnt_core scenario site build/before.json -o build/after.json
	$(BIN)/python -m itnt_core run build/after.json --method planner -o $(AFTER)
	rm -f $(BEFORE)/progress.jsonl $(AFTER)/progress.jsonl

# Exact versions with their hashes for every system and every Python from 3.11 on; the versions that stand stay, unless
# they no longer fit or UPGRADE=--upgrade asks for newer ones. torch is left out: see requirements-torch.txt.
LOCK := --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make lock' $(UPGRADE)
lock: $(VENV)/.uv
	echo "torch; python_version < '3'" > $(VENV)/without-torch
	$(UV) $(LOCK) requirements.txt -o requirements.lock
	$(UV) $(LOCK) --constraints requirements.lock --overrides $(VENV)/without-torch requirements-dev.txt \
	  -o requirements-dev.lock

# Asks the package index whether every locked file is there, ready built, for each Python and system we name (macOS 15).
lock-check: $(VENV)/.uv
	echo "torch; python_version < '3'" > $(VENV)/without-torch
	set -e; for python in 3.11 3.12 3.13; do for system in linux macos windows; do \
	  echo "Python $$python, $$system"; \
	  MACOSX_DEPLOYMENT_TARGET=15.0 $(UV) --only-binary :all: --python-version $$python --python-platform $$system --overrides $(VENV)/without-torch \
	    requirements.lock requirements-dev.lock > /dev/null; \
	done; done

$(VENV)/.uv: $(VENV)/.installed
	$(PIP) 'uv>=0.9,<1'
	touch $@

$(VENV)/.installed: requirements.lock requirements-torch.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "ITNT Studio needs Python 3.11 or newer: install it, or name it with 'make PYTHON=python3.12'."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) -r requirements-torch.txt
	touch $@

# Once, about a minute: else the first run of each kind waits for it, and so does every process of the suite. Where it
# fails, whoever needs something compiles it.
$(VENV)/.compiled: $(VENV)/.installed $(COMPILED)
	-$(BIN)/python -m itnt_core compile > /dev/null
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	touch $@

clean:
	rm -rf $(VENV) assets/map3d/node_modules build .coverage* .itnt .pytest_cache .mypy_cache .ruff_cache
