# Everything a person does with this project. `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin
CONTROL := $(BIN)/python -m launch.control
MARK := .venv/.set-up
DEV_MARK := .venv/.set-up-dev
CLIENTS := .venv-clients
CLIENTS_MARK := $(CLIENTS)/.set-up
# Not empty where the folder was moved, or the system's Python has another minor version than the packages are for.
STALE := $(shell test ! -d .venv || $(BIN)/python -I tools/environment.py 2>/dev/null || echo stale)
# Paths are UTF-8, whatever the locale says.
export PYTHONUTF8 := 1
# What was compiled is kept, whatever the shell says: hundreds of the tests' processes would compile it all again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: stale help commit-note setup demo test compiled-tests test-postgres test-thorough test-properties test-clients test-clock faults chaos security-check audit run start restart stop status is-set-up resend backup restore import-history export migrate-db users add-user user add-account account add-portfolio strategies add-strategy strategy import-trades positions pnl verify-books verify-audit logs now check kill unkill signal keys bench bench-ledger bench-trading chaos-trading chaos-bridge screenshots lint format docs clean

# Behind `##` stands what a command does for the owner, behind `###` what it does for the developer.
help: ## list these commands
	@echo "For the owner:"
	@sed -nE 's/^([a-z-]+):.* ## (.*)/  make \1\t\2/p' Makefile | expand -t 24
	@echo
	@echo "For the developer:"
	@sed -nE 's/^([a-z-]+):.* ### (.*)/  make \1\t\2/p' Makefile | expand -t 24

# The project's own packages are found through one .pth file, whatever folder a program runs in.
$(MARK): requirements.txt tools/precompile.py $(if $(STALE),stale)
	@echo "Setting up: a virtual environment in .venv …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it: make setup PYTHON=python3.11"; exit 1; }
	@$(if $(STALE),echo "It was made in another folder or by another Python; it is made anew …"; rm -rf .venv)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the pinned packages …"
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -I tools/environment.py --claim
	@echo "Compiling what the programs import …"
	@$(BIN)/python -m tools.precompile
	@touch $@

$(DEV_MARK): $(MARK) requirements-dev.txt
	@echo "Installing the packages of tests and sandbox …"
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# An environment of its own: what these programs need must not decide what ours get.
$(CLIENTS_MARK): requirements-clients.txt
	@echo "Setting up: the environment of independent programs in $(CLIENTS) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it: make test-clients PYTHON=python3.11"; exit 1; }
	@test -x $(CLIENTS)/bin/python || $(PYTHON) -m venv $(CLIENTS)
	@$(CLIENTS)/bin/pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements-clients.txt
	@touch $@

# Only a clone of its own counts, not a repository further up; without git, or in a copy, the file is empty.
commit-note: $(MARK)
	@{ git --git-dir=.git rev-parse --short=7 HEAD >.venv/commit; } 2>/dev/null || true

setup: $(MARK) commit-note ## virtual environment and pinned packages

demo: $(DEV_MARK) commit-note ## the whole system against a pretend world, no account needed (ONCE=1 stops after the message; TRADING=1: with trading)
	@exec $(BIN)/python -m sandbox.demo $(if $(ONCE),--once) $(if $(TRADING),--trading)

test: $(DEV_MARK) ### all checks and tests, the ledger's in SQLite
	@$(MAKE) --no-print-directory -j 2 lint compiled-tests
	@$(BIN)/python -m pytest -n 6 --dist loadfile --no-loadscope-reorder -m "not faults and not thorough" tests

compiled-tests: $(DEV_MARK)
	@$(BIN)/python -m pytest --collect-only -qq tests >/dev/null || true # each of its workers would compile them all

test-postgres: $(DEV_MARK) ### the ledger's and execution's tests in a PostgreSQL of their own (needs Debian's postgresql; skipped without)
	@$(BIN)/python -m pytest -n 4 --dist loadfile -rs --database=postgresql -m "not faults and not thorough" $(or $(TESTS),tests/ledger tests/execution)

test-thorough: $(DEV_MARK) ### more of what `make test` plays a sample of: further cases, long paths
	@$(BIN)/python -m pytest -n 4 --dist loadfile -m thorough tests

test-properties: $(DEV_MARK) ### what hypothesis thinks of, many times what `make test` tries of it
	@$(BIN)/python -m pytest -n 4 --dist loadfile --hypothesis-profile thorough --timeout 1800 -m "hypothesis and not faults" tests

test-clients: $(CLIENTS_MARK) ### independent programs against the pretend world, in an environment of their own
	@$(CLIENTS)/bin/python -m pytest --confcutdir tests/clients tests/clients

faults: $(DEV_MARK) ### play the faults that the system must survive, and what else takes a whole system long (20 minutes)
	@$(BIN)/python -m pytest -n 4 --dist loadfile -m faults tests

test-clock: $(DEV_MARK) ### the tests that know time, at other hours, days and zones (ONLY=spring for one; 30 minutes for all nine)
	@exec $(BIN)/python -m tools.suite_clock $(if $(ONLY),--only "$(ONLY)") $(TESTS)

chaos: $(DEV_MARK) ### a random fault in every round (ROUNDS=200 SEED=1)
	@exec $(BIN)/python -m tools.chaos --rounds $(or $(ROUNDS),200) --seed $(or $(SEED),1)

chaos-trading: $(DEV_MARK) ### a system that trades, disturbed at random (SIGNALS=2000 SEED=1; BROKER=ibkr, bingx, bingx-one-way: there; DATABASE=postgresql EXECUTIONS=3 WEBHOOKS=2)
	@exec $(BIN)/python -m tools.chaos.trading --signals $(or $(SIGNALS),2000) --seed $(or $(SEED),1) $(if $(BROKER),--broker $(BROKER)) $(if $(DATABASE),--database $(DATABASE)) $(if $(EXECUTIONS),--executions $(EXECUTIONS)) $(if $(WEBHOOKS),--webhooks $(WEBHOOKS))

chaos-bridge: $(DEV_MARK) ### events through a real RabbitMQ that is killed and out of disk (EVENTS=10000 SEED=1; needs Debian's rabbitmq-server)
	@exec $(BIN)/python -m tools.chaos.bridge --events $(or $(EVENTS),10000) $(if $(SEED),--seed $(SEED))

security-check: $(DEV_MARK) ### try every claim of SECURITY.md from outside (two minutes; as root also the hardened ones)
	@exec $(BIN)/python -m tools.security

audit: $(DEV_MARK) ### ask whether a pinned package is known to be bad
	@exec $(BIN)/python -m tools.pins

lint: $(DEV_MARK) ### style, types, generated files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy .

format: $(DEV_MARK) ### put the code into the house style
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

docs: $(DEV_MARK) ### write functions.md, FAULTS.md, .env.example, supervisord.conf and the documents' tables anew
	@$(BIN)/python -m tools.docs.functions_md
	@$(BIN)/python -m tools.docs.faults_md
	@$(BIN)/python -m tools.docs.env_example
	@$(BIN)/python -m tools.docs.commands_table
	@$(BIN)/python -m tools.docs.programs_table
	@$(BIN)/python -m tools.docs.tables_picture
	@$(BIN)/python -m tools.docs.meaning_table

check: $(MARK) ## say what is wrong with .env, or what is configured
	@$(BIN)/python -m launch --check

run: check commit-note ## run in the foreground (Ctrl-C stops everything)
	@exec $(CONTROL) run

start: check commit-note ## run in the background
	@$(CONTROL) start

restart: is-set-up check commit-note ## restart everything, or one with WHAT=collectors:bybit; while .env is wrong nothing is touched
	@$(CONTROL) restart "$(WHAT)"

stop: is-set-up ## stop everything
	@$(CONTROL) stop

status: is-set-up ## what runs, which messages wait, and which could not be delivered
	@$(CONTROL) status

is-set-up:
	@test -x $(BIN)/python || { echo "Not running: nothing is set up in this folder; type: make setup"; exit 3; }

resend: $(MARK) ## send again what could not be delivered (ID=7, or ID=all; make status lists them)
	@test -n "$(ID)" || { echo "Say which: make resend ID=7, or ID=all; make status lists them"; exit 1; }
	@$(BIN)/python -m launch ledger resend "$(ID)"

backup: $(MARK) ## a backup of the ledger now, into backups/ (one is made daily by itself)
	@$(BIN)/python -m launch ledger backup

restore: $(MARK) ## go back to a backup (FILE=backups/…; make stop first); the present ledger is kept
	@test -n "$(FILE)" || { echo "Say which: make restore FILE=backups/…"; ls backups 2>/dev/null; exit 1; }
	@$(BIN)/python -m launch ledger restore "$(FILE)"

import-history: $(MARK) ## take in days from another program (FILE=portfolio_history.json)
	@test -n "$(FILE)" || { echo "Say which: make import-history FILE=portfolio_history.json"; exit 1; }
	@$(BIN)/python -m launch ledger import-history "$(FILE)"

export: $(MARK) ## all snapshots as CSV, to this terminal or into a new file (FILE=all.csv)
	@$(BIN)/python -m launch ledger export $(if $(FILE),"$(FILE)")

migrate-db: $(MARK) ## the ledger into another database (FROM=sqlite:///data/portfolio.db TO=…, or the one in .env; make stop first)
	@$(BIN)/python -m launch ledger migrate-db "$(or $(FROM),sqlite:///data/portfolio.db)" $(if $(TO),"$(TO)")

users: $(MARK) ## who trades: users, accounts, portfolios
	@$(BIN)/python -m launch ledger users

add-user: $(MARK) ## let a user in (NAME=ann TELEGRAM_ID=123456789 ROLE=trader)
	@test -n "$(NAME)" -a -n "$(TELEGRAM_ID)" || { echo "Say who: make add-user NAME=ann TELEGRAM_ID=123456789 ROLE=trader"; exit 1; }
	@$(BIN)/python -m launch ledger add-user "$(NAME)" "$(TELEGRAM_ID)" $(if $(ROLE),--role "$(ROLE)")

user: $(MARK) ## change a role, let in who asked, shut out, rename (NAME=ann and ROLE=viewer, APPROVE=1, BLOCK=1 or RENAME=anna)
	@test -n "$(NAME)" || { echo "Say who and what: make user NAME=ann ROLE=viewer, or APPROVE=1, BLOCK=1, RENAME=anna"; exit 1; }
	@$(BIN)/python -m launch ledger user "$(NAME)" $(if $(ROLE),--role "$(ROLE)") $(if $(APPROVE),--approve) $(if $(BLOCK),--block) $(if $(RENAME),--rename "$(RENAME)")

add-account: $(MARK) ## make an account with a portfolio (OWNER=ann NAME=main BROKER=PAPER CURRENCY=USD)
	@test -n "$(OWNER)" -a -n "$(NAME)" -a -n "$(BROKER)" || { echo "Say which: make add-account OWNER=ann NAME=main BROKER=PAPER CURRENCY=USD"; exit 1; }
	@$(BIN)/python -m launch ledger add-account "$(OWNER)" "$(NAME)" "$(BROKER)" --currency "$(or $(CURRENCY),USD)" $(if $(NUMBER),--number "$(NUMBER)") $(if $(LIVE),--live)

# Keys come from the terminal, unseen, or as NAME=value lines from a pipe; never from the command line.
account: $(MARK) ## one more account with keys of its own (NAME=ann-bingx BROKER=bingx OWNER=ann; REMOVE=1 puts it away; ELSEWHERE=1 NUMBER=…: its broker runs on another machine)
	@test -n "$(NAME)$(ELSEWHERE)" || { echo "Say which: make account NAME=ann-bingx BROKER=bingx OWNER=ann"; exit 1; }
	@$(BIN)/python -m launch.account $(if $(NAME),"$(NAME)") $(if $(BROKER),--broker "$(BROKER)") $(if $(OWNER),--owner "$(OWNER)") $(if $(NUMBER),--number "$(NUMBER)") $(if $(ELSEWHERE),--elsewhere) $(if $(LIVE),--live) $(if $(REMOVE),--remove)

add-portfolio: $(MARK) ## make one more portfolio (OWNER=ann ACCOUNT=main NAME=coins)
	@test -n "$(OWNER)" -a -n "$(ACCOUNT)" -a -n "$(NAME)" || { echo "Say which: make add-portfolio OWNER=ann ACCOUNT=main NAME=coins"; exit 1; }
	@$(BIN)/python -m launch ledger add-portfolio "$(OWNER)" "$(ACCOUNT)" "$(NAME)"

strategies: $(MARK) ## what is traded by, of all or of one (OWNER=ann)
	@$(BIN)/python -m launch ledger strategies $(if $(OWNER),"$(OWNER)")

# PARAMS goes through the environment: its quotation marks are its own.
add-strategy: $(MARK) ## make a strategy, which prints its secret once (OWNER=ann NAME=trend PORTFOLIO=main MODE=manual PARAMS='{"amount":"500"}')
	@test -n "$(OWNER)" -a -n "$(NAME)" -a -n "$(PORTFOLIO)" || { echo "Say which: make add-strategy OWNER=ann NAME=trend PORTFOLIO=main MODE=manual PARAMS='{\"amount\":\"500\"}'"; exit 1; }
	@$(BIN)/python -m launch ledger add-strategy "$(OWNER)" "$(NAME)" "$(PORTFOLIO)" $(if $(MODE),--mode "$(MODE)") $(if $(PARAMS),--params "$$PARAMS")

strategy: $(MARK) ## change a strategy (OWNER=ann NAME=trend and MODE=off, PARAMS='{"amount":"600"}', ROTATE=1 for another secret, or OFF=1)
	@test -n "$(OWNER)" -a -n "$(NAME)" || { echo "Say which and what: make strategy OWNER=ann NAME=trend MODE=off, or PARAMS='{\"amount\":\"600\"}', ROTATE=1, OFF=1"; exit 1; }
	@$(BIN)/python -m launch ledger strategy "$(OWNER)" "$(NAME)" $(if $(MODE),--mode "$(MODE)") $(if $(PARAMS),--params "$$PARAMS") $(if $(ROTATE),--rotate) $(if $(OFF),--off)

import-trades: $(MARK) ## take in executions (FILE=fills.csv OWNER=ann PORTFOLIO=main)
	@test -n "$(FILE)" -a -n "$(OWNER)" -a -n "$(PORTFOLIO)" || { echo "Say which: make import-trades FILE=fills.csv OWNER=ann PORTFOLIO=main"; exit 1; }
	@$(BIN)/python -m launch ledger import-trades "$(FILE)" "$(OWNER)" "$(PORTFOLIO)"

positions: $(MARK) ## what is held, of all or of one (OWNER=ann)
	@$(BIN)/python -m launch ledger positions $(if $(OWNER),"$(OWNER)")

pnl: $(MARK) ## what the last days brought (OWNER=ann DAYS=30)
	@$(BIN)/python -m launch ledger pnl $(if $(OWNER),"$(OWNER)") --days "$(or $(DAYS),1)"

verify-books: $(MARK) ## recompute positions and orders from their executions, and look through the audit chains
	@$(BIN)/python -m launch ledger verify-books

verify-audit: $(MARK) ## look through the audit chains
	@$(BIN)/python -m launch ledger verify-audit

logs: ## follow all logs
	@tail -n 20 -F logs/*.log

now: $(MARK) ## a round at once; the message goes to Telegram and to this terminal
	@$(BIN)/python -m notifier.now

kill: $(MARK) ## stop all trading at once, without Telegram (REASON=…)
	@$(BIN)/python -m launch ledger kill $(if $(REASON),"$(REASON)")

unkill: $(MARK) ## let it trade again
	@$(BIN)/python -m launch ledger unkill

signal: $(MARK) ## a test alert to the running system, and its life until the end (SYMBOL=AAPL ACTION=buy, or SUITE=1)
	@$(BIN)/python -m launch signal $(if $(SUITE),--suite,--symbol "$(or $(SYMBOL),AAPL)" --action "$(or $(ACTION),buy)" $(if $(QUANTITY),--quantity "$(QUANTITY)") $(if $(PRICE),--price "$(PRICE)"))

keys: $(MARK) ## keys for a bus of several machines: the hub's, or those of one more (NAME=b RUNS=bybit,fx; REMOVE=1 shuts it out)
	@$(BIN)/python -m launch.keys $(if $(NAME),--name "$(NAME)") $(if $(RUNS),--runs "$(RUNS)") $(if $(REMOVE),--remove)

bench: $(DEV_MARK) ### overhead, memory, idle load and start time, printed
	@$(BIN)/python -m tools.bench

bench-ledger: $(DEV_MARK) ### the books of trading on both databases (TRADES=1000000)
	@$(BIN)/python -m tools.bench.ledger $(if $(TRADES),--trades $(TRADES)) $(if $(ONLY),--only $(ONLY))

bench-trading: $(DEV_MARK) ### from an alert to the books, beside a plain bot and what the machine itself takes (BROKER=ibkr: then at IB, too; EXECUTIONS=3: one beside three on one PostgreSQL)
	@$(BIN)/python -m tools.bench.trading $(if $(ONLY),--only $(ONLY)) $(if $(BROKER),--broker $(BROKER)) $(if $(EXECUTIONS),--executions $(EXECUTIONS))

screenshots: $(DEV_MARK) ### pictures of the demo's page, into pictures/ (needs chromium)
	@$(BIN)/python -m tools.screenshots

clean: ## remove the virtual environments and the demo's folder (never .env or data)
	@rm -rf .venv $(CLIENTS) .demo
