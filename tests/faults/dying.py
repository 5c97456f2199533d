"""One program of ours, with a death at a chosen point; what the tests' launcher becomes instead of the program itself.

    python -m tests.faults.dying collectors.okx

A file `deaths/okx` says how it dies, once: `import` cannot be imported (for as long as the file is there), `publish` is
killed before it says its first balance or snapshot, `sending` before it notes that it is about to send a message.

Quirk: under libfaketime 0.9.10 `time.sleep` fails with EINVAL, since Python 3.11 sleeps until a monotonic moment
(clock_nanosleep with TIMER_ABSTIME); `select` waits instead.
"""

import os
import runpy
import select
import signal
import sys
import time
from pathlib import Path

from bus.connection import Bus
from bus.messages.base import Message
from bus.messages.rounds import Balance, Snapshot


def main() -> None:
    """Become the program, or die as asked."""
    if "LD_PRELOAD" in os.environ:
        time.sleep = _sleep  # type: ignore[assignment]  # nobody here sleeps for a SupportsIndex
    module = sys.argv[1]
    wanted = Path("deaths", module.rpartition(".")[2])
    kind = wanted.read_text(encoding="ascii") if wanted.exists() else ""
    if kind == "import":
        raise ImportError("cannot be imported, as asked")
    if kind == "publish":
        _die_before_its_news(wanted)
    if kind == "sending":
        _die_before_sending(wanted)
    sys.argv = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _sleep(seconds: float, /) -> None:
    select.select([], [], [], seconds)


def _die_before_its_news(wanted: Path) -> None:
    publish = Bus.publish

    def die_first(bus: Bus, message: Message) -> None:
        if isinstance(message, Balance | Snapshot):
            _die(wanted)
        publish(bus, message)

    Bus.publish = die_first  # type: ignore[assignment, method-assign]  # the fault itself


def _die_before_sending(wanted: Path) -> None:
    from ledger.portfolio import outbox  # only the notifier needs it

    outbox.begin_sending = lambda *_, **__: _die(wanted)  # the fault itself


def _die(wanted: Path) -> None:
    wanted.unlink()
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
