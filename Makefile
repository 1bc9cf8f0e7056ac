# The few verbs of this project. Each makes the environment in .venv first when it is missing or out of date.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
INSPECT := $(VENV)/inspect
TUTORIAL := $(VENV)/tutorial
SUDO := $(shell test "$$(id -u)" = 0 || echo sudo)

.PHONY: run system test long timed install check format index ask eval gate mutants variants fuzz retrieval bench load inspect digests gallery protocol readme openapi transcript screenshots constraints

run: $(READY)
	$(BIN)/spotter web

# Chromium and PostgreSQL, which the tests of the page and of the state store need; Debian's packages.
system:
	@command -v chromium > /dev/null && ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || \
	  { $(SUDO) apt-get update --quiet && \
	    DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install --quiet --yes --no-install-recommends chromium postgresql; }

test: $(READY) system
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest

# The tests that take minutes.
long: $(READY)
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -m long

# The tests of how long things take; half an hour on two idle cores.
timed: $(READY)
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -n 0 -m timed

install: $(READY)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/spotter corpus check

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

index: $(READY)
	$(BIN)/spotter index build

ask: $(READY)
	@$(BIN)/spotter ask $(if $(Q),"$(Q)")

# Run the evaluation cases and write the report to evals/runs/latest-report.
eval: $(READY)
	$(BIN)/spotter eval run; status=$$?; $(BIN)/spotter eval report; exit $$status

# Break the assistant in many ways and see whether the cases notice; about an hour.
mutants: $(READY)
	$(BIN)/spotter eval mutants

# List what the gate gets wrong, and ask its two detectors apart and together; about 10 minutes.
gate: $(READY)
	$(BIN)/spotter eval gate

# Say every case in other ways and count the tiers that fell; about 5 minutes.
variants: $(READY)
	$(BIN)/spotter eval variants

# Hold conversations that nobody would, and see whether a promise breaks; about 5 minutes.
fuzz: $(READY)
	$(BIN)/spotter eval fuzz

# Set every choice of the retrieval against what it could be instead; about 2 minutes.
retrieval: $(READY)
	$(BIN)/spotter eval retrieval

# Time Spotter beside LangChain's tutorial pipeline, then how it grows; half an hour on an idle machine.
bench: $(READY) $(TUTORIAL)/.installed
	$(BIN)/spotter eval bench --tutorial $(TUTORIAL)/bin/python --passages 1000 --passages 10000 --passages 100000 --write
	$(BIN)/spotter eval bench-folder --write

# Have fifty users ask the real service at once, then stop it while it answers; a minute and a half.
load: $(READY)
	$(BIN)/spotter eval load --write

# Run the cases as tasks of Inspect AI, all or those of SET=answerable; docs/inspect.md says how to view them.
inspect: $(READY) $(INSPECT)/.installed
	$(INSPECT)/bin/inspect eval evals/inspect_tasks/tasks.py$(if $(SET),@$(SET)) --log-dir evals/runs/inspect

# Sixty questions with their whole replies, for people to read.
gallery: $(READY)
	$(BIN)/spotter eval gallery

# Write down the digests of the evaluation cases, after they were changed on purpose.
digests: $(READY)
	$(BIN)/spotter eval digests

# Write docs/protocol.md anew from the data of the gate.
protocol: $(READY)
	$(BIN)/spotter triage list > docs/protocol.md.new
	mv docs/protocol.md.new docs/protocol.md

# Write the examples in the README anew from what the program prints.
readme: $(READY)
	$(BIN)/python tests/test_readme.py

# Take the pictures in docs/screenshots anew.
screenshots: $(READY) system
	HF_HUB_OFFLINE=1 $(BIN)/python tests/screenshots.py

# Write the transcript in docs/slack.md anew.
transcript: $(READY)
	$(BIN)/python tests/slack_transcript.py

# Write docs/openapi.json anew from the interface.
openapi: $(READY)
	$(BIN)/python tests/test_api_openapi.py

# torch comes first and alone: whatever asks for it later finds it there and takes no other build.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[all]'
	touch $@

# Inspect AI has an environment of its own, since its pins clash with ours.
$(INSPECT)/.installed: evals/inspect_tasks/requirements.txt | $(READY)
	$(PYTHON) -m venv $(INSPECT)
	$(INSPECT)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

# So has LangChain's tutorial pipeline, for the same reason.
$(TUTORIAL)/.installed: evals/tutorial/requirements.txt | $(READY)
	$(PYTHON) -m venv $(TUTORIAL)
	$(TUTORIAL)/bin/python -m pip install --quiet --disable-pip-version-check torch==$$(sed -n 's/^torch==//p' $<)
	$(TUTORIAL)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

# Write constraints.txt anew from the environment, after a range in pyproject.toml was changed.
constraints: $(READY)
	$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu//' > constraints.txt
