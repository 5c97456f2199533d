"""`make demo`: the whole system against the pretend world, and the message as a person would see it.

    python -m sandbox.demo [--once]

Lives in `.demo/` and touches nothing else. With `--once` it stops after the message: 0 when it came, 1 with the reason
when it did not.
"""

import argparse
import contextlib
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox.control.client import Sandbox, start
from sandbox.invented_history import write_history
from sandbox.system import NotStarted, System, clean_environment, prepare, supervised

HOME = Path(".demo")
MESSAGE_S = 60.0
ZONE = ZoneInfo("Europe/Paris")  # the product's default
SETTINGS = {"COLLECT_DEADLINE_SECONDS": "12"}
"""Nobody who watches a platform fail shall wait for 45 seconds; all other settings are the product's own."""


def main() -> int:
    """Start everything, ask for a round, print the answer, and wait for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--once", action="store_true", help="stop after the message")
    once = parser.parse_args().once
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    HOME.mkdir(mode=0o700, exist_ok=True)
    print("Starting the pretend Bybit, OKX, T-Bank, IBKR, exchange rates and Telegram …", flush=True)
    try:
        return _play(stop, once=once)
    except NotStarted as error:
        print(f"{error}\nIt needs a folder with a short path, without % and quotes in it.", file=sys.stderr)
        return 1


def _play(stop: threading.Event, *, once: bool) -> int:
    began = time.monotonic()
    with start(HOME) as sandbox:
        print("Starting the system under supervisord (hub, clock, five collectors, aggregator, notifier) …", flush=True)
        with demo_system(HOME, sandbox) as system:
            asked = sandbox.type("/now")
            print("Typed /now; waiting for the answer …", flush=True)
            text = _answer(sandbox, asked.message_id, stop)
            if text is None:
                return _explain(system, stop)
            print(f"\n{text}\n")
            print(f"({time.monotonic() - began:.1f} s since the start)", flush=True)
            if not once:
                _tell_how_to_go_on(sandbox)
                stop.wait()
                print("\nStopping …", flush=True)
    shutil.rmtree(HOME / "run")  # what is stopped leaves no socket and no pid behind
    return 0


@contextlib.contextmanager
def demo_system(home: Path, sandbox: Sandbox) -> Iterator[System]:
    """Run the system as the demo does: with an invented past, and a world that is in a hurry.

    Args:
        home: Its folder.
        sandbox: The outside world.

    Yields:
        The system.
    """
    hurry(sandbox)
    prepare(home, sandbox, SETTINGS)
    write_history(home / "history.json", last=datetime.now(ZONE).date() - timedelta(days=1))
    command = [sys.executable, "-m", "launch", "ledger", "import-history", "history.json"]
    nowhere = subprocess.DEVNULL
    subprocess.run(command, cwd=home, env=clean_environment(), check=True, timeout=MESSAGE_S, stdout=nowhere)
    with supervised(home, sandbox) as system:
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


def _explain(system: System, stop: threading.Event) -> int:
    if stop.is_set():
        return 130
    print(f"No message came within {MESSAGE_S:.0f} s. The programs:", file=sys.stderr)
    print(system.control("status"), file=sys.stderr)
    for path in sorted((system.home / "logs").glob("*.log")):
        with contextlib.suppress(IndexError):
            print(f"{path.name}: {path.read_text().splitlines()[-1]}", file=sys.stderr)
    return 1


def _tell_how_to_go_on(sandbox: Sandbox) -> None:
    control = sandbox.addresses["control"]
    print(
        f"""
It keeps running. Open this page in a browser, chat with the bot, and put platforms into trouble:

    {control}/

Or from another terminal:
  curl {control}/telegram/type -d '{{"chat_id": 42, "text": "/now"}}'
  curl {control}/panel-controls/ibkr -d '{{"mode": "down"}}'
  .venv/bin/supervisorctl -c .demo/supervisord.conf status
Ctrl-C stops everything.""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
