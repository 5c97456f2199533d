"""`make demo`: the whole system against the pretend world, and the message as a person would see it.

    python -m sandbox.demo [--once] [--trading]

Lives in `.demo/` and touches nothing else. With `--once` it stops after the message: 0 when it came, 1 with the reason
when it did not. With `--trading` it trades on paper, at a pretend IB Gateway and at a pretend BingX; both together also
play a trade, from the alert to what is held, one in shares and one of perpetuals, to the day's report, and a second
user's, from the request to be let in on.
"""

import argparse
import contextlib
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox import bingx_scene, shares_scene, trading_demo
from sandbox.control.client import Sandbox, start
from sandbox.invented_history import write_history
from sandbox.second_user import SecondScene
from sandbox.system import NotStarted, System, clean_environment, prepare, supervised, unused
from sandbox.watching import Interrupted, NotSeen

HOME = Path(".demo")
MESSAGE_S = 60.0
INTERRUPTED = 130
ZONE = ZoneInfo("Europe/Paris")  # the product's default
SETTINGS = {"COLLECT_DEADLINE_SECONDS": "12"}
"""Nobody who watches a platform fail shall wait for 45 seconds; all other settings are the product's own."""


def main() -> int:
    """Start everything, ask for a round, print the answer, and wait for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--once", action="store_true", help="stop after the message")
    parser.add_argument("--trading", action="store_true", help="trade on paper; with --once, play one trade")
    asked = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    HOME.mkdir(mode=0o700, exist_ok=True)
    names = "Bybit, OKX, T-Bank, IBKR, exchange rates and Telegram"
    print(f"Starting the pretend {names}{', TradingView, BingX and IB Gateway' if asked.trading else ''} …", flush=True)
    try:
        return _play(stop, asked)
    except NotStarted as error:
        print(f"{error}\nIt needs a folder with a short path, without % and quotes in it.", file=sys.stderr)
        return 1


def _play(stop: threading.Event, wanted: argparse.Namespace) -> int:
    began = time.monotonic()
    with start(HOME) as sandbox:
        port = trading_demo.free_port()
        more = _trading(sandbox, port) if wanted.trading else {}
        programs = "hub, clock, five collectors, aggregator, notifier"
        more_programs = ", webhook, execution, three brokers" if wanted.trading else ""
        print(f"Starting the system under supervisord ({programs}{more_programs}) …", flush=True)
        people = shares_scene.BEFORE_START if wanted.trading else ()
        with demo_system(HOME, sandbox, more, people) as system:
            asked = sandbox.type("/now")
            print("Typed /now; waiting for the answer …", flush=True)
            text = _answer(sandbox, asked.message_id, stop)
            if text is None:
                return _explain(system, stop, f"No message came within {MESSAGE_S:.0f} s.")
            print(f"\n{text}\n")
            print(f"({time.monotonic() - began:.1f} s since the start)", flush=True)
            if wanted.trading and (code := _trade(system, stop, port, once=wanted.once)):
                return code
            if not wanted.once:
                _tell_how_to_go_on(sandbox, trading=wanted.trading)
                stop.wait()
                print("\nStopping …", flush=True)
    shutil.rmtree(HOME / "run")  # what is stopped leaves no socket and no pid behind
    return 0


@contextlib.contextmanager
def demo_system(
    home: Path,
    sandbox: Sandbox,
    settings: Mapping[str, str] | None = None,
    commands: Sequence[Sequence[str]] = (),
) -> Iterator[System]:
    """Run the system as the demo does: with an invented past, and a world that is in a hurry.

    Args:
        home: Its folder.
        sandbox: The outside world.
        settings: More variables than the demo's own, such as those of trading.
        commands: What the owner types before the start, as arguments of `launch ledger`.

    Yields:
        The system.
    """
    hurry(sandbox)
    prepare(home, sandbox, SETTINGS | dict(settings or {}))
    write_history(home / "history.json", last=datetime.now(ZONE).date() - timedelta(days=1))
    for typed in (("import-history", "history.json"), *commands):
        command = [sys.executable, "-m", "launch", "ledger", *typed]
        nowhere = subprocess.DEVNULL
        subprocess.run(command, cwd=home, env=clean_environment(), check=True, timeout=MESSAGE_S, stdout=nowhere)
    with supervised(home, sandbox, environment=unused(settings)) as system:
        yield system


def hurry(sandbox: Sandbox) -> None:
    """Let IBKR have its statements ready, and take as many orders as somebody who plays with it will cause."""
    sandbox.set_state("ibkr", polls_before_ready=0, per_second=0, per_minute=0)


def _answer(sandbox: Sandbox, after: int, stop: threading.Event) -> str | None:
    until = time.monotonic() + MESSAGE_S
    while time.monotonic() < until and not stop.is_set():
        for message in sandbox.messages():
            if message.message_id > after and "TOTAL" in message.text:
                return message.text
        stop.wait(0.05)
    return None


def _trading(sandbox: Sandbox, port: int) -> dict[str, str]:
    """Return the variables by which the system trades: on paper, at the pretend gateway, and at the pretend BingX."""
    return trading_demo.settings(sandbox, port) | shares_scene.settings(sandbox) | bingx_scene.settings(sandbox)


def _trade(system: System, stop: threading.Event, port: int, *, once: bool) -> int:
    """Make what the page's alerts need, or play all trades, and return the exit code, 0 when all of it came."""
    trading_demo.set_up(system.sandbox, port)
    shares = shares_scene.SharesScene(system.sandbox, stop)
    perpetuals = bingx_scene.PerpetualsScene(system.sandbox, stop)
    try:
        if not once:
            for prepare_alert in (shares.prepare, perpetuals.prepare):
                prepare_alert(lambda _: None)
            shares.leave()
            return 0
        first, second = trading_demo.Scene(system.sandbox, stop), SecondScene(system.sandbox, stop)
        at_venues = (shares.prepare, shares.play, perpetuals.prepare, perpetuals.play)
        for play in (first.play, *at_venues, second.play):
            play(lambda text: print(text, flush=True))
    except NotSeen as missing:
        return _explain(system, stop, str(missing))
    except Interrupted:
        return INTERRUPTED
    return 0


def _explain(system: System, stop: threading.Event, why: str) -> int:
    """Say what is wrong, how the programs are, and what each logged last."""
    if stop.is_set():
        return INTERRUPTED
    print(f"{why}\nThe programs:", file=sys.stderr)
    print(system.control("status"), file=sys.stderr)
    for path in sorted((system.home / "logs").glob("*.log")):
        with contextlib.suppress(IndexError):
            print(f"{path.name}: {path.read_text().splitlines()[-1]}", file=sys.stderr)
    return 1


def _tell_how_to_go_on(sandbox: Sandbox, *, trading: bool) -> None:
    control = sandbox.addresses["control"]
    named = f"{shares_scene.ALERT}; {bingx_scene.ALERT}"
    page = f"On the page, send alerts as TradingView ({named}), set prices, and be somebody else."
    alerts = f"\n{page}\n" if trading else ""
    print(
        f"""
It keeps running. Open this page in a browser, chat with the bot, and put platforms into trouble:

    {control}/
{alerts}
Or from another terminal:
  curl {control}/telegram/type -d '{{"chat_id": 42, "text": "/now"}}'
  curl {control}/panel-controls/ibkr -d '{{"mode": "down"}}'
  .venv/bin/supervisorctl -c .demo/supervisord.conf status
Ctrl-C stops everything.""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
