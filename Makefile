# Thin: what is done stands in tools/ and in the command `t4firm`. `make help` lists the targets.

# The Python for .venv, 3.11 or newer: make setup PYTHON=python3.12. Without it: python3, or a newer one on PATH.
PYTHON ?=
# The stack that `up` and `preview` work on: stacks/$(STACK).firm.yaml.
STACK ?= demo
# More for pytest: make test ARGS="-k fill_user -x"
ARGS ?=
# The firm of make bench; DETAILS=secret: what secret personal details cost; AGAINST=floor; milliseconds a call.
USERS ?= 100
DETAILS ?=
AGAINST ?=
TURNS ?=
LATENCY ?=
# make crash-test: rounds; the seed of an earlier test, and one round of it alone; small firms; what a run is not
# left of the one before it.
RUNS ?= 20
SEED ?=
ONLY ?=
SIZE ?=
CHECKPOINTS ?=
JOURNAL ?=
LOGIN ?=
# make release: which.
VERSION ?=
# make fuzz: how long.
MINUTES ?= 10
# make test COVERAGE=1 measures and checks the coverage of t4firm/ and providers/.
COVERAGE ?=

# Recipes find our python, pulumi and t4firm first.
in_venv = PATH="$(CURDIR)/.venv/bin:$$PATH"
run_setup = "$(or $(PYTHON),python3)" -m t4firm_setup $(if $(PYTHON),--this-python)

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests up preview drift quick test test-workflows faults coverage bench crash-test fuzz lint lint-workflows format examples release constraints

help: ## these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## .venv with the libraries, t4firm and the Pulumi engine; instant when it is there
	@$(run_setup)

setup-tests: ## the same, with what tests and checks need
	@$(run_setup) --with-tests

up: setup ## start the simulator and set up the demo stack in it
	@$(in_venv) python -m tools.timed simulator t4firm simulator start
	@$(in_venv) python -m tools.timed "stack $(STACK)" t4firm up --yes --simulator --stack "$(STACK)"

preview: setup ## what `make up` would change
	@$(in_venv) t4firm simulator start
	@$(in_venv) t4firm preview --simulator --stack "$(STACK)"

drift: setup ## where T4 differs from the firm file; changes nothing, ends with an error where it does
	@$(in_venv) t4firm simulator start
	@$(in_venv) t4firm drift --stack "$(STACK)"

quick: setup-tests ## the rules, the plan, the reports and the reviews: seconds; without engine, servers, processes
	@$(in_venv) python -m tools.tests -m "not engine and not slow" $(ARGS)

test: setup-tests ## all tests, against the real engine; ARGS="-k name" for some
	@$(in_venv) python -m tools.tests $(if $(COVERAGE),--coverage) $(ARGS)

test-workflows: setup-tests ## the workflows of .github, run on this machine by act (needs Go; some minutes)
	@$(in_venv) python -m tools.tests -m workflows -n 0 tests/workflows $(ARGS)

faults: setup-tests ## of the tests, only those that cause faults, interrupt runs and kill
	@$(in_venv) python -m tools.tests tests/engine/test_faults.py tests/engine/test_interruptions.py \
		tests/engine/test_crash.py $(ARGS)

coverage: ## all tests, with the branches of t4firm/ and providers/ that they reach
	@$(MAKE) --no-print-directory test COVERAGE=1

bench: setup ## how long a firm of USERS=100 traders takes, as ratios; LATENCY=50, DETAILS=secret, AGAINST=floor TURNS=3: see docs/performance.md
	@$(in_venv) python -m tools.bench --users "$(USERS)" $(if $(DETAILS),--details "$(DETAILS)") \
		$(if $(AGAINST),--against "$(AGAINST)") $(if $(TURNS),--turns "$(TURNS)") $(if $(LATENCY),--latency "$(LATENCY)")

crash-test: setup ## kill -9 at random moments, RUNS=20 firms; SEED=s ONLY=n SIZE=small CHECKPOINTS=skip JOURNAL=delete LOGIN=none
	@$(in_venv) python -m tools.crash_test --runs "$(RUNS)" $(if $(SEED),--seed "$(SEED)") \
		$(if $(ONLY),--only "$(ONLY)") $(if $(SIZE),--size "$(SIZE)") $(if $(CHECKPOINTS),--checkpoints "$(CHECKPOINTS)") \
		$(if $(JOURNAL),--journal "$(JOURNAL)") $(if $(LOGIN),--login "$(LOGIN)")

fuzz: setup-tests ## servers that say anything, against the WebSocket client, for MINUTES=10
	@$(in_venv) T4_FUZZ_MINUTES="$(MINUTES)" python -m pytest -q tests/socket/test_fuzz.py

lint: setup-tests ## ruff, mypy, and actionlint for the workflows
	@$(in_venv) ruff check .
	@$(in_venv) ruff format --check .
	@$(in_venv) mypy
	@$(MAKE) --no-print-directory lint-workflows

lint-workflows: ## actionlint for the workflows (needs Go; where CI is set, there must be one)
	@if command -v go > /dev/null; then \
		GOFLAGS= go -C tools/actionlint tool actionlint -shellcheck= -pyflakes= $(CURDIR)/.github/workflows/*.yml; \
	else \
		echo "The workflows were not checked: actionlint needs Go 1.25 or newer on PATH."; \
		case "$$CI" in ""|0|false) ;; *) exit 1;; esac; \
	fi

format: setup-tests ## let ruff mend what it can
	@$(in_venv) ruff check --fix .
	@$(in_venv) ruff format .

examples: setup ## the schemas of stacks/ and docs/json, docs/firm-file.md and the review comments of docs/examples, made again
	@$(in_venv) python -m t4firm.schemas stacks
	@$(in_venv) python -m t4firm.firm_file_page > docs/firm-file.md
	@$(in_venv) python -m t4firm_cli.json_schemas docs/json
	@for change in docs/examples/*.firm.yaml; do \
		case "$$change" in */before.firm.yaml) continue;; esac; \
		$(in_venv) T4_FIRM_FILE="$$change" t4firm review --stack live --base docs/examples/before.firm.yaml \
			--output "$${change%.firm.yaml}.md" || [ $$? -eq 2 ] || exit 1; \
	done

release: setup ## VERSION=0.2.0: version, changelog, archive and wheel with checks, bill of materials; nothing is published
	@$(in_venv) python -m pip install --quiet --require-hashes --only-binary=:all: -r constraints.txt -r constraints-release.txt
	@$(in_venv) python -m tools.release "$(VERSION)"

constraints: ## renew constraints.txt from pyproject.toml (needs uv)
	@"$(or $(PYTHON),python3)" tools/constraints.py
