"""What the contracts need to know of a platform: its tables, and the few methods that its test file fills in."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest

from bus import reasons
from collectors.errors import PlatformError
from collectors.source import Deadline, RateReading, Reading, Source
from sandbox.control.client import Sandbox
from tests.collectors.contracts.case import Case

ENOUGH_S = 10.0
SHORT_S = 0.4
OVERRUN_S = 4.0
SECRET_QUERY = "q=5e6fd7"

Calls = tuple[Callable[[], object], ...]


class Subject:
    """A collector, its pretend platform, and how to make it fail.

    Attributes:
        services: The pretend services behind it; a fault is switched on in each of them.
        amount: What the seeded account holds (a rate for FX).
        currency: Of that amount; empty for FX.
        secrets: Values that must not appear anywhere: keys, tokens, passphrases, account numbers.
        denied: The platform's own refusals that only the owner can cure.
        busy: Its own requests to come back later, with and without a hint.
        bad_amounts: Texts that are no amount; None leaves the field out.
        precise: An amount with as many decimals as the platform can write.
        can_be_negative: Whether the platform can owe money.
        checks_clock: Whether it refuses a wrong clock; the sandbox's is then set a minute fast.
        elsewhere: A service that it never talks to, the target of redirects.
    """

    services: ClassVar[tuple[str, ...]]
    amount: ClassVar[Decimal]
    currency: ClassVar[str]
    secrets: ClassVar[tuple[str, ...]]
    denied: ClassVar[tuple[Case, ...]] = ()
    busy: ClassVar[tuple[Case, ...]] = ()
    bad_amounts: ClassVar[tuple[str | None, ...]] = (
        None,
        "",
        " ",
        "NaN",
        "Infinity",
        "1e400",
        "1,234.5",
        "1_000",
        "12 USD",
        "９",
        "9" * 20,
    )
    precise: ClassVar[str] = "1234.123456789012345678"
    can_be_negative: ClassVar[bool] = True
    checks_clock: ClassVar[bool] = False
    elsewhere: ClassVar[str] = "telegram"

    def build(self, addresses: dict[str, str], folder: Path) -> Source:
        """Make the collector with valid credentials, base URLs from `addresses`, its memory (if any) in `folder`."""
        raise NotImplementedError

    def set_amount(self, sandbox: Sandbox, text: str | None) -> None:
        """Make the platform write this amount; None leaves it out."""
        raise NotImplementedError

    def forbidden(self, source: Source) -> Calls:
        """Return what must never leave: the SDK's orders, transfers and withdrawals, raw calls with SECRET_QUERY.

        Each goes through the collector's own client.
        """
        raise NotImplementedError

    # --- what the tests below share

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Turn the attributes' tables into one test a row."""
        for name in ("denied", "busy"):
            if f"{name}_case" in metafunc.fixturenames:
                cases = getattr(metafunc.cls, name)
                metafunc.parametrize(f"{name}_case", cases, ids=[case.id for case in cases])
        if "bad_amount" in metafunc.fixturenames:
            metafunc.parametrize("bad_amount", metafunc.cls.bad_amounts, ids=ascii)

    @pytest.fixture
    def source(self, sandbox: Sandbox, tmp_path: Path) -> Source:
        """Give the collector under test."""
        return self.build(sandbox.addresses, tmp_path)

    def fault(self, sandbox: Sandbox, kind: str, **fields: object) -> None:
        """Switch a fault on in each service of the platform."""
        for service in self.services:
            sandbox.fault(service, kind, **fields)

    def fails(self, source: Source, *, budget_s: float = ENOUGH_S) -> PlatformError:
        """Fetch, and return the error; there must be one, and a known reason in it."""
        with pytest.raises(PlatformError) as caught:
            source.fetch(Deadline(budget_s))
        assert reasons.is_known(caught.value.reason)
        assert caught.value.__cause__ is None  # of an SDK's or a library's making, it may hold a URL or a key
        assert caught.value.__context__ is None or caught.value.__suppress_context__
        return caught.value

    def amount_of(self, reading: Reading | RateReading) -> Decimal:
        """Return the number of a reading."""
        return reading.rate if isinstance(reading, RateReading) else reading.amount
