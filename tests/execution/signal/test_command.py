"""The command as the owner types it, with the settings in its environment."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from ledger.store import Ledger
from tests.execution.signal.conftest import Answer, Pretend, Webhook
from tests.fork_server import run

ROOT = Path(__file__).parent.parent.parent.parent
SECRET = "a_secret_of_sixteen_1"


def command(folder: Path, *options: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run it on the ledger of a folder."""
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    known = {"TRADING": "paper", "DATABASE_URL": f"sqlite:///{folder / 'portfolio.db'}"}
    return run("execution.signal", *options, folder=folder, environment=path | known | settings)


def test_an_alert_is_sent_and_its_life_printed_to_the_end(
    ledger: Ledger, webhook: Webhook, tell: Callable[..., None], tmp_path: Path
) -> None:
    def answer(request: Pretend) -> Answer:
        for state in ("RECEIVED", "VALIDATED", "DONE"):
            tell("one", state)
        return 200, {"status": "accepted", "id": "one"}

    webhook.answer = answer
    done = command(
        tmp_path, "--symbol", "ETHUSDT", "--action", "sell", WEBHOOK_PORT=str(webhook.port), WEBHOOK_SECRET=SECRET
    )
    lines = done.stdout.splitlines()

    assert done.returncode == 0, done.stderr
    assert lines[0] == '200 {"status": "accepted", "id": "one"}'
    assert [line.split()[1] for line in lines[1:]] == ["RECEIVED", "VALIDATED", "DONE"]
    assert (webhook.seen[0].alert["symbol"], webhook.seen[0].alert["secret"]) == ("ETHUSDT", SECRET)


def test_a_refused_address_is_told_with_the_variable_to_write(ledger: Ledger, webhook: Webhook, tmp_path: Path) -> None:
    webhook.answer = lambda _: (403, {"error": "not from TradingView"})
    done = command(tmp_path, WEBHOOK_PORT=str(webhook.port), WEBHOOK_SECRET=SECRET)

    assert done.returncode == 1
    assert "WEBHOOK_TRUSTED_PROXIES=127.0.0.1" in done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_while_trading_is_off_nothing_is_sent(ledger: Ledger, tmp_path: Path) -> None:
    done = command(tmp_path, TRADING="off")

    assert done.returncode == 1
    assert "write TRADING=paper into .env" in done.stderr


def test_without_a_secret_it_says_which_variable_is_missing(ledger: Ledger, tmp_path: Path) -> None:
    done = command(tmp_path)

    assert done.returncode == 1
    assert "WEBHOOK_SECRET is not set" in done.stderr


def test_the_suite_needs_a_portfolio_on_paper(ledger: Ledger, tmp_path: Path) -> None:
    done = command(tmp_path, "--suite")

    assert done.returncode == 1
    assert "no admin has a portfolio on paper" in done.stderr
