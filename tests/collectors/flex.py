"""What the tests of IBKR's collector share: a clock to move, its settings, and what the pretend service saw."""

from datetime import UTC, datetime, timedelta

import msgspec

from bus.settings import Secret, read
from collectors.ibkr import Settings
from collectors.ibkr_flex_state import Pauses
from collectors.market_calendar import NEW_YORK
from sandbox.control.client import Sandbox
from sandbox.ibkr.service import QUERY_ID, TOKEN

HURRY = Pauses(first_polls_s=(0.01,), poll_s=0.02)
FRIDAY, MONDAY = "2026-11-20", "2026-11-23"


class Clock:
    """The true clock, and what a test adds to it; it begins at a moment at which no statement is about to be due."""

    def __init__(self) -> None:
        """Begin on Tuesday, 24 November 2026, at 06:00 in New York."""
        self.ahead = datetime(2026, 11, 24, 6, tzinfo=NEW_YORK) - datetime.now(UTC)

    def __call__(self) -> datetime:
        """Return the time, aware UTC."""
        return datetime.now(UTC) + self.ahead

    def advance(self, **by: float) -> None:
        """Move on, or back, by what `timedelta` takes."""
        self.ahead += timedelta(**by)


def settings(address: str, *, token: str = TOKEN, query: str = QUERY_ID, report_format: str = "auto") -> Settings:
    """Read the settings of a collector that asks the service at an address."""
    variables = {
        "IBKR_FLEX_TOKEN": TOKEN,
        "IBKR_QUERY_ID": query,
        "IBKR_FLEX_REPORT_FORMAT": report_format,
        "IBKR_FLEX_BASE_URL": f"{address}/AccountManagement/FlexWebService",
    }
    return msgspec.structs.replace(read(Settings, variables), ibkr_flex_token=Secret(token))


def steps(sandbox: Sandbox) -> list[str]:
    """List the steps that the service was asked for."""
    return [request.path.rsplit("/", 1)[1] for request in sandbox.requests("ibkr")]


def account(total: str = "12345.67", **fields: object) -> dict[str, object]:
    """Make an account with a total at the newest close."""
    return {"account_id": "U1234567", "rows": [{"report_date": "0", "total": total}]} | fields


def follow(clock: Clock, sandbox: Sandbox) -> None:
    """Put the service's clock where the test's is."""
    sandbox.settings("ibkr", skew_s=clock.ahead.total_seconds())
