# Two commands: `make run` serves the dashboard (PORT=8600 chooses a port), `make test` runs everything that is checked.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test demo clean
run: $(VENV)/.installed
	@$(BIN)/python -c 'import socket; socket.create_server(("127.0.0.1", $(or $(PORT),0)))' 2>/dev/null || \
	  { echo "Port $(PORT) cannot be used: choose another, as in 'make run PORT=8600'."; exit 1; }
	$(BIN)/python -m streamlit run dashboard.py $(if $(PORT),--server.port $(PORT))

test: $(VENV)/.installed-dev
	sh .ci/chromium
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# Records the run that the first start shows.
demo: $(VENV)/.installed
	$(BIN)/python -m itnt_core scenario new --preset london-4km -o assets/demo/scenario.json
	$(BIN)/python -m itnt_core run assets/demo/scenario.json --method planner -o assets/demo
	rm -f assets/demo/progress.jsonl
	$(BIN)/python -m itnt_core.views.opening assets/demo

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "ITNT Studio needs Python 3.11 or newer: install it, or name it with 'make PYTHON=python3.12'."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .itnt .pytest_cache .mypy_cache .ruff_cache
