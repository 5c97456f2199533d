"""Sources that do what one test needs; `python -m tests.collectors.sources Plain` runs one of them.

Each reading and each failure carries how often it was fetched, so that a test sees it from outside. A source that waits
does so until a file of the given name is in the current folder.
"""

import contextlib
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bus import connection, reasons
from bus.messages.rounds import Platform
from bus.process import run
from collectors.egress.allowlist import NotAllowed
from collectors.egress.requests_session import RequestsGate, open_session
from collectors.errors import Busy, Denied, Malformed
from collectors.key import Advice, Key
from collectors.loop import collect
from collectors.source import Deadline, RateReading, Reading

NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)
GATE = Path("go")
PLATFORM = Platform(name="okx", label="OKX", heading="Crypto (USD)", currency="USD", position=40)


def wait_at_the_gate() -> None:
    """Block until the test lets the fetch go on."""
    while not GATE.exists():
        time.sleep(0.01)


def tell_of_preparing() -> None:
    """Print that a preparation has begun: a tick that comes from now on is fetched after it."""
    sys.stdout.write("preparing\n")
    sys.stdout.flush()


class Plain:
    """Answers at once."""

    def __init__(self) -> None:
        """Count from zero."""
        self.fetched = 0
        self.prepared = 0

    def fetch(self, deadline: Deadline) -> Reading | RateReading:  # noqa: ARG002 - as the protocol has it
        """Return a reading that tells the counts."""
        self.fetched += 1
        self.answer()
        return Reading(
            amount=Decimal(self.fetched),
            currency="USD",
            as_of=NOW,
            fetched_at=NOW,
            wallets=("trading",),
            covers=f"prepared {self.prepared}",
        )

    def answer(self) -> None:
        """Do nothing before the reading."""

    def prefetch(self, deadline: Deadline) -> float:  # noqa: ARG002 - as the protocol has it
        """Count; again in an hour."""
        tell_of_preparing()
        self.prepared += 1
        return 3600.0


class AtTheGate(Plain):
    """Answers once it is let go."""

    def answer(self) -> None:
        """Wait."""
        wait_at_the_gate()


class BusyTwice(Plain):
    """Has no time for the first two."""

    def answer(self) -> None:
        """Refuse without saying for how long."""
        if self.fetched <= 2:
            raise Busy(reasons.UNREACHABLE, code=f"fetch {self.fetched}")


class BusyForHalfASecond(Plain):
    """Says after its first refusal when to come back."""

    def answer(self) -> None:
        """Refuse the first."""
        if self.fetched == 1:
            raise Busy(reasons.RATE_LIMITED, code="fetch 1", retry_after_s=0.5)


class BusyForAMinute(Plain):
    """Wants a minute, longer than any round of the tests."""

    def answer(self) -> None:
        """Refuse."""
        raise Busy(reasons.RATE_LIMITED, code=f"fetch {self.fetched}", retry_after_s=60)


class BusyForEver(Plain):
    """Never has time and never says for how long."""

    def answer(self) -> None:
        """Refuse."""
        raise Busy(reasons.UNREACHABLE, code=f"fetch {self.fetched}")


class Refusing(Plain):
    """Refuses the key, after a while."""

    def answer(self) -> None:
        """Refuse."""
        wait_at_the_gate()
        raise Denied(reasons.BAD_KEY, code=f"fetch {self.fetched}")


class Unreadable(Plain):
    """Says what nobody has modelled."""

    def answer(self) -> None:
        """Refuse."""
        raise Malformed(reasons.BAD_ANSWER, code=f"fetch {self.fetched}")


class BrokenOnce(Plain):
    """Has a bug that shows at the first fetch and in the first preparation."""

    def answer(self) -> None:
        """Fail as no source should."""
        if self.fetched == 1:
            raise ZeroDivisionError("s3cret")

    def prefetch(self, deadline: Deadline) -> float:  # noqa: ARG002 - as the protocol has it
        """Fail as no source should."""
        tell_of_preparing()
        raise KeyError("s3cret")


class Preparing(Plain):
    """Wants to prepare itself twenty times a second; says so with a whole number at first."""

    def prefetch(self, deadline: Deadline) -> float:  # noqa: ARG002 - as the protocol has it
        """Count."""
        tell_of_preparing()
        self.prepared += 1
        return 0 if self.prepared == 1 else 0.05


class SlowToPrepare(Plain):
    """Prepares until it is let go."""

    def prefetch(self, deadline: Deadline) -> float:  # noqa: ARG002 - as the protocol has it
        """Wait."""
        tell_of_preparing()
        wait_at_the_gate()
        self.prepared += 1
        return 3600.0


class TellingItsBudget(Plain):
    """Tells how much time it was given, in whole seconds."""

    def fetch(self, deadline: Deadline) -> Reading | RateReading:
        """Return the budget as a rate."""
        return RateReading(
            rate=Decimal(f"{deadline.left_s():.1f}"), source="CBR", valid_for=date(2026, 2, 11), fetched_at=NOW
        )


class WithKey(Plain):
    """Has a key that can trade and ends in ten days; finds it out when it prepares itself, again and again."""

    def __init__(self) -> None:
        """Know of the end only."""
        super().__init__()
        ends_on = (datetime.now(UTC) + timedelta(days=10)).date()
        self.key = Key(PLATFORM, "enforce", advice=Advice(rights="Do this", renewal="Do that"), ends_on=ends_on)

    def answer(self) -> None:
        """Refuse the key."""
        self.key.set_rights(can_only_read=False)

    def prefetch(self, deadline: Deadline) -> float:  # noqa: ARG002 - as the protocol has it
        """Let the first fetch find out about the key."""
        tell_of_preparing()
        return 0.05


class Trading(Plain):
    """Wants to place an order at the first two fetches; the second time, its SDK hides that it was not let."""

    def __init__(self) -> None:
        """Build what it calls with."""
        super().__init__()
        self.session = open_session(RequestsGate("http://127.0.0.1:9", [("GET", "/balance")]))

    def answer(self) -> None:
        """Place it."""
        with contextlib.suppress(*[NotAllowed] * (self.fetched == 2)):
            if self.fetched <= 2:
                self.session.post("http://127.0.0.1:9/order?key=s3cret", json={})


if __name__ == "__main__":
    connection.BEAT_S = 0.2  # tests that listen for beats need not wait
    source: Plain = globals()[sys.argv[1]]()
    run(lambda: collect("okx", source), name="okx")
