"""Plays the scenarios one after the other, and says of each what was expected and what came."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from execution.signal.following import Clock, follow
from execution.signal.scenarios import SCENARIOS, Scenario
from execution.signal.sending import HOST, TRADINGVIEW, Reply, Request, content_of, send
from execution.signal.stage import Stage, present
from ledger.store import Ledger

END_S = 90.0
KNOWN_S = 20.0
KNOWN_LOOK_S = 0.5
NOT_KNOWN_YET = (401, 403, 503)
OTHER_ADDRESS = "127.0.0.2"
"""Of this machine too, but of no proxy that anybody trusts."""


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a scenario."""

    name: str
    expected: tuple[str, ...]
    got: str

    @property
    def is_well(self) -> bool:
        """Whether it is what was expected."""
        return self.got in self.expected


class NotKnown(Exception):
    """The webhook does not learn the suite's secret; the text says what to look at."""


class Suite:
    """The scenarios against one running system."""

    def __init__(self, ledger: Ledger, stage: Stage, port: int, *, clock: Clock) -> None:
        """Get ready.

        Args:
            ledger: The ledger of the system.
            stage: The suite's strategy.
            port: Where the webhook listens.
            clock: Tells and passes the time.
        """
        self._ledger = ledger
        self._stage = stage
        self._port = port
        self._clock = clock

    def play(self, scenarios: Sequence[Scenario] = SCENARIOS) -> Iterator[Played]:
        """Play scenarios, one after the other.

        Args:
            scenarios: Which, in their order.

        Yields:
            What came of each.

        Raises:
            NotSent: The webhook does not listen.
            NotKnown: It does not learn the suite's secret.
        """
        self._wait_until_known()
        for scenario in scenarios:
            with self._stage.limited(scenario.limits):
                yield Played(name=scenario.name, expected=scenario.expected, got=self._got(scenario))

    def _wait_until_known(self) -> None:
        """Send what is empty but for the secret, until the webhook refuses that, and no longer the secret."""
        ends_at = self._clock.monotonic() + KNOWN_S
        probe = Request(content=msgspec.json.encode({"secret": self._stage.secret}))
        while (reply := send(self._port, probe)).status in NOT_KNOWN_YET:
            if self._clock.monotonic() > ends_at:
                cure = f"does execution run, and is {HOST} among WEBHOOK_TRUSTED_PROXIES? It says: {reply.text}"
                raise NotKnown(f"the webhook refuses the suite's own secret ({reply.status}); {cure}")
            self._clock.sleep(KNOWN_LOOK_S)

    def _got(self, scenario: Scenario) -> str:
        """Play a scenario and say what came of it."""
        request = request_of(scenario, self._stage.secret, now=present())
        reply = send(self._port, request)
        if scenario.how == "twice":
            again = send(self._port, request)
            if (again.status, again.said, again.id) != (200, "duplicate", reply.id):
                return f"the second: {again.status} {again.said}".rstrip()
        return self._end(reply)

    def _end(self, reply: Reply) -> str:
        """Follow what was accepted, and say how it ended."""
        if reply.status != 200 or not reply.id:
            return str(reply.status)
        last = None
        for last in follow(self._ledger, reply.id, within_s=END_S, clock=self._clock):  # noqa: B007 - the last is wanted
            pass
        if last is None:
            return "200 never taken in"
        return " ".join(["200", last.state, *([last.code] if last.code else [])])


def request_of(scenario: Scenario, secret: str, *, now: datetime) -> Request:
    """Return what a scenario sends.

    Args:
        scenario: The scenario.
        secret: The suite's.
        now: When, aware UTC.
    """
    used = "not-" + secret if scenario.how == "wrong secret" else secret
    content = content_of(scenario.alert, used, name=f"suite-{uuid.uuid4().hex[:12]}", now=now)
    source = OTHER_ADDRESS if scenario.how == "stranger" else HOST
    return Request(
        content=content[:-1] if scenario.how == "malformed" else content, forwarded=TRADINGVIEW, source=source
    )


def table(played: Sequence[Played]) -> list[str]:
    """Return the lines of a table of what was expected and what came.

    Args:
        played: What was played.
    """
    rows = [("", "scenario", "expected", "got")]
    rows += [("✓" if each.is_well else "✗", each.name, " or ".join(each.expected), each.got) for each in played]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    wrong = sum(not each.is_well for each in played)
    return [*lines, f"{len(played) - wrong} of {len(played)} as expected"]
