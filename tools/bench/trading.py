"""Measure trading against the sandbox, beside a plain bot and what the machine itself takes, and print; no thresholds.

    python -m tools.bench.trading [--signals 300] [--burst 1000] [--idle-s 30] [--only sqlite] [--broker ibkr]
                                  [--before TREE] [--executions 3]

An alert is sent as TradingView sends it, over a connection of its own, by its rules (given up after three seconds).
"Accepted" is from the first byte sent to the answer, which the webhook gives when the alert is safe on the disk, and
the plain bot when it is in a list in memory. "On the wire" is from there until the bus has the order for the broker,
as somebody beside hears it; "booked" until the ledger has the fill and the signal's end, or the bot its row. All alerts
buy, at the sandbox's quotes; limits are so wide that nothing is refused. `--before` is the folder of another checkout,
weighed first: how an installation without trading was before. Compare figures of one run only.
"""

import argparse
import contextlib
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bus.connection import memory_kb
from ledger.store import open_ledger
from sandbox import trading_demo
from sandbox.control.client import Sandbox, start
from sandbox.system import prepare, running, supervised
from tools.bench import physical, sharing
from tools.bench.sending import Sent
from tools.bench.traded import BESIDE_PAPER, PAPER, Traded
from tools.bench.trading_stage import BOOKED, ORDERED, Desk, PlainBot, plain_bot, settings, wire
from tools.bench.weighing import Weight, first_message_s, weigh
from tools.private_postgresql import NoServer, serve

PER_SECOND = 20.0
LISTEN_S = 0.5
ENDED_S = 300.0
OUTAGE_S = 12.0
BACK_S = 90.0


def main() -> None:
    """Run all measurements, and print each as it comes."""
    parser = argparse.ArgumentParser(prog="make bench-trading")
    parser.add_argument("--signals", type=int, default=300, help=f"of the steady stream of {PER_SECOND:.0f} a second")
    parser.add_argument("--burst", type=int, default=1000, help="alerts at once")
    parser.add_argument("--idle-s", type=float, default=30)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--broker", choices=tuple(BESIDE_PAPER), help="another broker, measured after the paper broker")
    parser.add_argument("--executions", type=int, default=1, help="compare so many on one PostgreSQL with one; no more")
    parser.add_argument("--before", type=Path, help="another checkout with a .venv, weighed without trading")
    asked = parser.parse_args()
    if asked.executions > 1:
        sharing.measure(asked.executions, asked.burst)
        return
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        _print("one fsync of 4 KiB", _quantiles(physical.fsync_s(Path(folder))))
        _print("one loopback round trip", _quantiles(physical.round_trip_s()))
    if asked.before:
        _tell_weight("before, without trading", _without_trading(asked.idle_s, tree=asked.before.resolve()))
    _tell_weight("without trading", _without_trading(asked.idle_s))
    brokers = (PAPER, *((BESIDE_PAPER[asked.broker],) if asked.broker else ()))
    if asked.only != "postgresql":
        for traded in brokers:
            _measure(asked, traded)
    if asked.only != "sqlite":
        with contextlib.suppress(NoServer), serve("shared_buffers=64MB") as server:
            for traded in brokers:
                _measure(asked, traded, url=server.url(server.new_database()))


def _without_trading(idle_s: float, *, tree: Path | None = None) -> Weight:
    """Weigh an installation that does not trade, of this checkout or of another one."""
    with tempfile.TemporaryDirectory(prefix="pb-") as folder, start(Path(folder)) as sandbox:
        sandbox.set_state("ibkr", polls_before_ready=0)
        began_s, home = time.monotonic(), Path(folder)
        if tree is None:
            with running(home, sandbox) as system:
                return weigh(system, start_s=first_message_s(system, began_s=began_s), idle_s=idle_s)
        prepare(home, sandbox)
        text = (tree / "supervisord.conf").read_text().replace("%(here)s/.venv", str(tree / ".venv"))
        (home / "supervisord.conf").write_text(text)
        with supervised(home, sandbox, python=tree / ".venv" / "bin" / "python") as system:
            return weigh(system, start_s=first_message_s(system, began_s=began_s), idle_s=idle_s)


def _measure(asked: argparse.Namespace, traded: Traded, *, url: str = "") -> None:
    """Measure a system that trades, on SQLite where no URL is given; and the plain bot beside it, on paper."""
    print(f"\n{traded.broker} on {'PostgreSQL' if url else 'SQLite'}", flush=True)
    programs = ("webhook", "execution", traded.broker)
    began_s = time.monotonic()
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pb-")))
        sandbox = stack.enter_context(start(home))
        desk = stack.enter_context(_trading(home, sandbox, traded, url))
        weight = weigh(desk.system, start_s=first_message_s(desk.system, began_s=began_s), idle_s=asked.idle_s)
        _tell_weight("with trading", weight)
        _print("memory of webhook, execution, broker", f"{weight.total_mib(programs):.1f} MiB")
        desk.wait_until_ready()
        _tell_steady(desk, asked.signals)
        _tell_burst(desk, asked.burst)
        after = {program: memory_kb(desk.system.pid(program)) for program in programs}
        shown = "  ".join(f"{program} {size / 1024:.1f}" for program, size in after.items())
        _print("memory after it (PSS, MiB)", f"{sum(after.values()) / 1024:.1f}   {shown}")
        _tell_outages(desk)
        if traded is PAPER:
            with plain_bot(home, sandbox) as bot:
                _tell_plain(bot, asked)


@contextlib.contextmanager
def _trading(home: Path, sandbox: Sandbox, traded: Traded, url: str) -> Iterator[Desk]:
    """Run a system that trades; with an empty URL on SQLite."""
    sandbox.set_state("ibkr", polls_before_ready=0)
    port = trading_demo.free_port()
    database = {"DATABASE_URL": url, "INBOX_DATABASE_URL": url} if url else {}
    wanted = settings(sandbox, port) | traded.settings(sandbox) | database
    with (
        running(home, sandbox, wanted) as system,
        open_ledger(url or f"sqlite:///{home}/data/portfolio.db") as ledger,
    ):
        yield Desk(system, port, ledger, traded)


def _tell_steady(desk: Desk, count: int) -> None:
    """Send a steady stream, and tell how long each step took."""
    sent: list[Sent] = []
    with wire(desk.system.home, desk.traded.broker) as heard:
        sender = threading.Thread(target=lambda: sent.extend(desk.send("steady", count, per_second=PER_SECOND)))
        sender.start()
        heard.listen(count / PER_SECOND)
        sender.join()
        ended, until = 0, time.monotonic() + ENDED_S
        while ended < count and time.monotonic() < until:
            heard.listen(LISTEN_S)
            ended = desk.wait_until_ended("steady", count, within_s=0)
    began = {each.id: each.at_s for each in sent}
    named = {str(client): str(alert) for client, alert in desk.rows(ORDERED % "steady")}
    on_bus, at_venue = (
        [at_s - began[named[client]] for client, at_s in moments.items() if client in named]
        for moments in (heard.said_at_s, desk.traded.frames_at_s(desk.system.sandbox))
    )
    booked = [_seconds(at) - began[str(alert)] for alert, at in desk.rows(BOOKED % "steady")]
    _print(f"{PER_SECOND:.0f} a second: accepted, durable", _answers(sent))
    _print("  received to the order on the bus", _quantiles(on_bus) + f"   ({len(on_bus)} orders)")
    if at_venue:
        _print("  received to its frame at the venue", _quantiles(at_venue) + f"   ({len(at_venue)} orders)")
    _print("  received to booked", _quantiles(booked) + f"   ({ended} ended: {desk.ended_by('steady')})")


def _tell_burst(desk: Desk, count: int) -> None:
    """Send many at once, and tell how long it took until all of them had ended."""
    began_s = time.monotonic()
    sent = desk.send("burst", count)
    kept = sum(each.is_kept for each in sent)
    _print(f"burst of {count}: accepted, durable", _answers(sent))
    ended = desk.wait_until_ended("burst", kept, within_s=ENDED_S)
    took_s = time.monotonic() - began_s
    _print("  to the end", f"{ended / took_s:.1f} signals a second   ({took_s:.1f} s: {desk.ended_by('burst')})")


def _tell_outages(desk: Desk) -> None:
    """Tell how soon it orders again when what it trades at is back, and when the broker goes on."""
    traded, sandbox = desk.traded, desk.system.sandbox
    traded.leave(sandbox)
    time.sleep(OUTAGE_S)
    desk.send("outage", 1)
    time.sleep(OUTAGE_S / 2)
    traded.come_back(sandbox)
    began_s = time.monotonic()
    ended = desk.wait_until_ended("outage", 1, within_s=BACK_S)
    _print("back to booked", f"{time.monotonic() - began_s:.1f} s" if ended else f"not within {BACK_S:.0f} s")
    desk.system.control("stop", f"brokers:{traded.broker}")
    time.sleep(OUTAGE_S)
    desk.send("away", 1)
    began_s = time.monotonic()
    desk.system.control("start", f"brokers:{traded.broker}")
    ended = desk.wait_until_ended("away", 1, within_s=BACK_S)
    _print("broker started to booked", f"{time.monotonic() - began_s:.1f} s" if ended else f"not within {BACK_S:.0f} s")


def _tell_plain(bot: PlainBot, asked: argparse.Namespace) -> None:
    """Tell the same of the plain bot."""
    print("the plain bot, in the same world", flush=True)
    sent = bot.send("steady", asked.signals, per_second=PER_SECOND)
    filled = bot.wait_until_filled("steady", asked.signals, within_s=ENDED_S)
    began = {each.id: each.at_s for each in sent}
    took = [at_s - began[alert] for alert, at_s in bot.filled_at_s("steady").items()]
    _print(f"{PER_SECOND:.0f} a second: accepted, in memory", _answers(sent))
    _print("  received to its row", _quantiles(took) + f"   ({filled} orders)")
    began_s = time.monotonic()
    sent = bot.send("burst", asked.burst)
    kept = sum(each.is_kept for each in sent)
    _print(f"burst of {asked.burst}: accepted, in memory", _answers(sent))
    filled = bot.wait_until_filled("burst", kept, within_s=ENDED_S)
    _print("  to the end", f"{filled / (time.monotonic() - began_s):.1f} signals a second")
    _print("memory (PSS)", f"{memory_kb(bot.pid) / 1024:.1f} MiB")


def _tell_weight(name: str, weight: Weight) -> None:
    """Print what an installation weighs."""
    shown = f"start {weight.start_s:.1f} s, {weight.total_mib():.1f} MiB, idle {weight.idle_percent:.2f} % of a core"
    _print(name, shown)
    print("    " + "  ".join(f"{program} {size / 1024:.1f}" for program, size in weight.memory_kb.items()), flush=True)


def _answers(sent: Sequence[Sent]) -> str:
    """Say how long answers took, and how many alerts were not accepted in time."""
    lost = sum(not each.is_kept for each in sent)
    return _quantiles([each.took_s for each in sent]) + f"   lost {lost} of {len(sent)}"


def _quantiles(took: Sequence[float]) -> str:
    """Return the middle and the slow end of some times."""
    if not took:
        return "nothing came"
    ordered = sorted(took)
    slow = ordered[max(0, int(len(ordered) * 0.99) - 1)]
    return f"p50 {statistics.median(ordered) * 1000:.2f} ms, p99 {slow * 1000:.2f} ms"


def _seconds(at: object) -> float:
    """Return a moment of the database in seconds since 1970."""
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _print(what: str, figure: str) -> None:
    """Print a line."""
    print(f"  {what:38} {figure}", flush=True)


if __name__ == "__main__":
    main()
