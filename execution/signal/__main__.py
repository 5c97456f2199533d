"""`make signal`: sends a test alert as TradingView would, and prints what becomes of it until its end.

python -m launch signal --symbol BTCUSDT --action buy [--quantity 0.01] [--price 82000] [--stop 80000] [--target 90000]
python -m launch signal --suite                 plays the scenarios on paper, and prints expected and got

It comes from this machine in the place of a proxy, so 127.0.0.1 has to be among WEBHOOK_TRUSTED_PROXIES.
"""

import argparse
import os
import sys
import uuid

from bus import log
from bus.process import set_umask
from bus.settings import NotConfigured, SettingsError, take
from execution.signal.following import Clock, follow
from execution.signal.scenarios import BITCOIN
from execution.signal.sending import HOST, Alert, NotSent, Request, content_of, send
from execution.signal.settings import Settings
from execution.signal.stage import NoStage, present, set_stage
from execution.signal.suite import NotKnown, Played, Suite, table
from ledger.store import Ledger, NotReady, open_ledger
from ledger.trading.errors import TradingError
from ledger.trading.flow.records import SignalEvent
from ledger.unavailable import LedgerUnavailable

FOLLOWED_S = 120.0
ACTIONS = ("buy", "sell", "long", "short", "close")
GOOD = ("DONE", "AWAITING_CONFIRMATION", "WAITING_FOR_MARKET")
CURES = {
    401: "is WEBHOOK_SECRET of .env the one that the system was started with?",
    403: f"write WEBHOOK_TRUSTED_PROXIES={HOST} into .env, as for a proxy on this machine",
    503: "it could not be kept; TradingView would send it again in 5 s",
}


class Failed(Exception):
    """It did not go well; the text says why."""


def main() -> int:
    """Do what the command line says.

    Returns:
        0 when the signal is done or waits for a person or a market, or all scenarios came out as expected; 1 otherwise.

    Raises:
        SystemExit: It could not be tried; with the reason and the cure.
    """
    set_umask()
    log.set_up("signal", level="ERROR", stream=sys.stderr)
    asked = _read_command_line()
    try:
        settings = take(Settings, os.environ)
        with open_ledger(settings.database_url.reveal()) as ledger:
            ledger.check()
            return _suite(settings, ledger) if asked.suite else _one(settings, ledger, asked)
    except NotConfigured:
        raise SystemExit("Not sent: trading is off; write TRADING=paper into .env and type: make restart") from None
    except (SettingsError, NotSent, NotKnown, NoStage, Failed, TradingError, LedgerUnavailable, NotReady) as error:
        raise SystemExit(f"Not done: {error}") from None


def _read_command_line() -> argparse.Namespace:
    """Read what is to be done."""
    parser = argparse.ArgumentParser(prog="make signal", description="Send a test alert as TradingView would.")
    parser.add_argument("--symbol", default=BITCOIN, help="as TradingView writes it")
    parser.add_argument("--action", default="buy", choices=ACTIONS)
    for name, meaning in {
        "exchange": "where it is traded",
        "quantity": "how many",
        "price": "the price that the alert was made at",
        "stop": "the price of the stop loss",
        "target": "the price of the take profit",
    }.items():
        parser.add_argument(f"--{name}", default="", help=meaning)
    parser.add_argument("--suite", action="store_true", help="play all scenarios on paper")
    return parser.parse_args()


def _one(settings: Settings, ledger: Ledger, asked: argparse.Namespace) -> int:
    """Send one alert, print its life, and return the exit code."""
    if settings.webhook_secret is None:
        raise Failed("WEBHOOK_SECRET is not set; write one of 16 letters and digits or more into .env")
    alert = Alert(
        symbol=asked.symbol,
        action=asked.action,
        exchange=asked.exchange,
        quantity=asked.quantity,
        price=asked.price,
        stop_loss=asked.stop,
        take_profit=asked.target,
    )
    name = f"test-{uuid.uuid4().hex[:12]}"
    content = content_of(alert, settings.webhook_secret.reveal(), name=name, now=present())
    reply = send(settings.webhook_port, Request(content=content))
    _tell(f"{reply.status} {reply.text}")
    if reply.status != 200 or not reply.id:
        cure = CURES.get(reply.status, "it says why")
        raise Failed(f"the webhook answered {reply.status}; {cure}")
    state = ""
    for event in follow(ledger, reply.id, within_s=FOLLOWED_S, clock=Clock()):
        _tell(_line(event))
        state = event.state
    return 0 if state in GOOD else 1


def _line(event: SignalEvent) -> str:
    """Return a step as a line."""
    said = ", ".join(f"{name}={value}" for name, value in event.details.items())
    at = f"{event.created_at:%H:%M:%S.%f}"[:-3]
    return "  ".join(part for part in (at, event.state, event.code or "", said) if part)


def _suite(settings: Settings, ledger: Ledger) -> int:
    """Play all scenarios, print the table, and return the exit code."""
    played: list[Played] = []
    with set_stage(ledger) as stage:
        for each in Suite(ledger, stage, settings.webhook_port, clock=Clock()).play():
            _tell(f"{'✓' if each.is_well else '✗'} {each.name}: {each.got}")
            played.append(each)
    _tell("")
    for line in table(played):
        _tell(line)
    return int(not all(each.is_well for each in played))


def _tell(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201 - the command's answer


if __name__ == "__main__":
    sys.exit(main())
