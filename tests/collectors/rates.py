"""What the tests of the FX collector share: a clock to move, its settings, and what the pretend sources saw."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bus.settings import read
from collectors.fx import Settings
from sandbox.control.client import Sandbox

ENOUGH_S = 10.0
SOURCES = ("cbr", "frankfurter", "erapi")
RATE = Decimal("92.32")
MOSCOW = ZoneInfo("Europe/Moscow")


class Clock:
    """A clock that only the test moves; it begins at noon of Moscow's true day, so that no midnight is near."""

    def __init__(self) -> None:
        """Begin at that noon."""
        self.at = datetime.now(MOSCOW).replace(hour=12, minute=0).astimezone(UTC)

    def __call__(self) -> datetime:
        """Return the time, aware UTC."""
        return self.at

    def advance(self, **by: float) -> None:
        """Move on, or back, by what `timedelta` takes."""
        self.at += timedelta(**by)


def settings(addresses: dict[str, str], **variables: str) -> Settings:
    """Read the settings of a collector that asks the pretend sources."""
    urls = {f"{name.upper()}_BASE_URL": addresses[name] for name in SOURCES}
    return read(Settings, urls | variables)


def asked(sandbox: Sandbox) -> list[int]:
    """Count the requests to each source."""
    return [len(sandbox.requests(name)) for name in SOURCES]


def everywhere(sandbox: Sandbox, kind: str, **fields: object) -> None:
    """Switch a fault on in each source."""
    for name in SOURCES:
        sandbox.fault(name, kind, **fields)
