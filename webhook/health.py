"""The health page: how far an alert would get now, as "Health Check Response Format for HTTP APIs" words it.

(draft-inadarei-api-health-check-06, read 2026-11.) 503 only where an alert could not be kept: everything behind the
inbox comes to itself while alerts wait in it.
"""

from datetime import datetime
from typing import Literal

import msgspec

from bus.messages.operations import Heartbeat
from bus.messages.trading import BrokerHealth, TradingState
from bus.silence import HUB_SILENT_AFTER_S, NOT_RUNNING_AFTER_S
from bus.time_source import SYSTEM_TIME, TimeSource
from bus.version import VERSION

MEDIA_TYPE = "application/health+json"
Status = Literal["pass", "warn", "fail"]


class Check(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One thing that was looked at."""

    status: Status
    component_id: str = ""
    observed_value: int | float | str | None = None
    observed_unit: str = ""
    time: datetime | None = None
    output: str = ""


class Page(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The whole page; without its checks for whoever asks from outside."""

    status: Status
    version: str = ""
    checks: dict[str, list[Check]] = {}


class Heard:
    """What was last heard on the bus."""

    def __init__(self, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Begin with nothing heard."""
        self._time = time
        self._beat_at_s: float | None = None
        self._state_at_s: float | None = None
        self._state: TradingState | None = None

    def handle(self, message: object) -> None:
        """Take in a message: our own beat, which came back through the hub, or how trading is."""
        if isinstance(message, Heartbeat):
            self._beat_at_s = self._time.monotonic()
        elif isinstance(message, TradingState):
            self._state, self._state_at_s = message, self._time.monotonic()

    def checks(self) -> dict[str, list[Check]]:
        """Return what can be said of bus, execution, venues and waiting signals."""
        found = {"bus:heard": [self._bus()], "execution:state": [self._execution()]}
        if self._state is None:
            return found
        for broker in self._state.brokers:
            is_well = broker.state == "connected" and not broker.breaker_open
            check = Check(
                status="pass" if is_well else "warn",
                component_id=broker.name,
                observed_value=broker.state,
                time=broker.since,
                output=_output(broker),
            )
            found.setdefault("venue:connection", []).append(check)
        found["signals:waiting"] = [Check(status="pass", observed_value=self._state.waiting, observed_unit="signals")]
        if self._state.oldest_at is not None:
            age_s = max(0.0, (self._time.now() - self._state.oldest_at).total_seconds())
            oldest = Check(status="pass", observed_value=round(age_s, 1), observed_unit="s", time=self._state.oldest_at)
            found["signals:oldest"] = [oldest]
        return found

    def _bus(self) -> Check:
        """Return whether our own beat comes back through the hub."""
        if self._is_recent(self._beat_at_s, HUB_SILENT_AFTER_S):
            return Check(status="pass")
        return Check(status="warn", output="nothing is heard through the hub")

    def _execution(self) -> Check:
        """Return whether execution is heard, and whether it may trade."""
        if self._state is None or not self._is_recent(self._state_at_s, NOT_RUNNING_AFTER_S):
            return Check(status="warn", output="execution is not heard")
        killed = self._state.killed
        return Check(status="warn" if killed else "pass", observed_value=self._state.mode, output=killed)

    def _is_recent(self, at_s: float | None, within_s: float) -> bool:
        """Tell whether something happened within so many seconds."""
        return at_s is not None and self._time.monotonic() - at_s < within_s


def _output(broker: BrokerHealth) -> str:
    """Return why a venue is not well, the machine's word for it, and how often its broker has tried."""
    said = [broker.reason or ("openings are held back" if broker.breaker_open else ""), broker.code]
    if broker.attempts:
        said.append(f"{broker.attempts} attempts")
    return "; ".join(word for word in said if word)


def page(*, can_keep: bool, queue: int, heard: Heard) -> Page:
    """Make the health page.

    Args:
        can_keep: Whether alerts can be kept now.
        queue: How many wait for their transaction.
        heard: What the bus says.

    Returns:
        The page: `fail` where alerts cannot be kept, `warn` where something behind the inbox is not well.
    """
    inbox = Check(status="pass") if can_keep else Check(status="fail", output="alerts cannot be kept")
    checks = {
        "inbox:write": [inbox],
        "inbox:queue": [Check(status="pass", observed_value=queue, observed_unit="alerts")],
        **heard.checks(),
    }
    found = {check.status for each in checks.values() for check in each}
    worst: Status = "fail" if "fail" in found else "warn" if "warn" in found else "pass"
    return Page(status=worst, version=VERSION, checks=checks)
