"""What tests and the demo ask of the pretend TradingView through the control port."""

import time

import msgspec

from sandbox.control.client import Sandbox
from sandbox.tradingview.alerts import Alert, Firing

_LOOK_AGAIN_S = 0.02


class View(msgspec.Struct):
    """All alerts, and the log of firings, oldest first."""

    alerts: list[Alert]
    log: list[Firing]


def view(world: Sandbox) -> View:
    """Show the alerts and the log."""
    return world.ask("GET", "/tradingview", kind=View)


def write_alert(world: Sandbox, name: str, *, url: str, message: str) -> Alert:
    """Make an alert, or write it anew, which starts it again where it was stopped.

    Args:
        world: The running sandbox.
        name: What it is called.
        url: The webhook's.
        message: With `{{placeholders}}`.
    """
    return world.ask("POST", "/tradingview/alerts", kind=Alert, body={"name": name, "url": url, "message": message})


def fire(world: Sandbox, name: str, values: dict[str, str] | None = None) -> Firing:
    """Let an alert fire; it is delivered while this returns.

    Args:
        world: The running sandbox.
        name: The alert's.
        values: For its placeholders, written without their braces.
    """
    return world.ask("POST", "/tradingview/fire", kind=Firing, body={"name": name, "values": values or {}})


def settled(world: Sandbox, firing: Firing, *, timeout_s: float) -> Firing:
    """Wait until nothing more is sent of a firing.

    Raises:
        TimeoutError: It is still being sent; the text tells what happened so far.
    """
    ends_at = time.monotonic() + timeout_s
    while True:
        now = next(each for each in view(world).log if each.id == firing.id)
        if now.outcome != "sending":
            return now
        if time.monotonic() >= ends_at:
            raise TimeoutError(f"{firing.alert} is still being sent after {timeout_s} s: {now.deliveries}")
        time.sleep(_LOOK_AGAIN_S)
