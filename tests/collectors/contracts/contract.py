"""What every collector promises, tested on the real class against its real pretend platform.

A platform's test file subclasses `CollectorContract` (and `ReadOnlyContract` of `read_only_contract.py` where the
platform tells what a key may do), fills in the attributes and the few methods below, and adds what is its own. A
promise that does not apply is overridden there, with the reason in the test's docstring.
"""

import logging
import time
import traceback
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from bus import reasons
from bus.log import SILENCED
from collectors import key
from collectors.egress.allowlist import NotAllowed
from collectors.errors import Busy, Denied, PlatformError
from collectors.source import Deadline, Keyed, Reading, Source
from sandbox.control.client import Sandbox
from tests.collectors.contracts.case import Case
from tests.collectors.contracts.subject import ENOUGH_S, OVERRUN_S, SECRET_QUERY, SHORT_S
from tests.collectors.contracts.transport_contract import TransportContract
from tests.listener import listener

THIS_MACHINE = "127.0.0.1"


class CollectorContract(TransportContract):
    """The promises of all collectors; its attributes are those of `Subject`."""

    # --- when all is well

    def test_a_working_platform_gives_its_amount(self, source: Source) -> None:
        reading = source.fetch(Deadline(ENOUGH_S))

        assert self.amount_of(reading) == self.amount

    def test_the_reading_says_its_currency_and_when_it_was_fetched(self, source: Source) -> None:
        reading = source.fetch(Deadline(ENOUGH_S))

        assert reading.fetched_at.utcoffset() is not None
        assert abs(reading.fetched_at.timestamp() - time.time()) < ENOUGH_S
        if isinstance(reading, Reading):
            assert reading.currency == self.currency
            assert reading.as_of.utcoffset() is not None
            assert reading.wallets

    def test_a_second_fetch_sees_a_change(self, source: Source, sandbox: Sandbox) -> None:
        source.fetch(Deadline(ENOUGH_S))
        self.set_amount(sandbox, "77.25")

        reading = source.fetch(Deadline(ENOUGH_S))

        assert self.amount_of(reading) == Decimal("77.25")

    def test_every_decimal_arrives(self, source: Source, sandbox: Sandbox) -> None:
        """Fault 45: 18 decimals."""
        self.set_amount(sandbox, self.precise)

        reading = source.fetch(Deadline(ENOUGH_S))

        assert self.amount_of(reading) == Decimal(self.precise)

    def test_a_negative_equity_is_a_number_like_others(self, source: Source, sandbox: Sandbox) -> None:
        if not self.can_be_negative:
            pytest.skip("the platform cannot owe anything")
        self.set_amount(sandbox, "-12.5")

        reading = source.fetch(Deadline(ENOUGH_S))

        assert self.amount_of(reading) == Decimal("-12.5")

    def test_preparing_says_in_how_many_seconds_to_come_again(self, source: Source) -> None:
        pause_s = source.prefetch(Deadline(ENOUGH_S))

        assert isinstance(pause_s, float)
        assert pause_s >= 1

    def test_building_the_collector_asks_nobody(self, source: Source, sandbox: Sandbox) -> None:
        asked = [sandbox.requests(service) for service in self.services]

        assert source
        assert asked == [[] for _ in self.services]

    # --- refusals and waits

    def test_a_refusal_names_its_reason_and_is_not_retried(
        self, source: Source, sandbox: Sandbox, denied_case: Case
    ) -> None:
        """Faults 40 and 41."""
        self.fault(sandbox, denied_case.kind, **denied_case.fields)

        error = self.fails(source)

        assert isinstance(error, Denied)
        assert error.reason == denied_case.reason
        assert all(len(sandbox.requests(service)) <= 1 for service in self.services)

    def test_a_busy_platform_says_when_to_come_again_or_not(
        self, source: Source, sandbox: Sandbox, busy_case: Case
    ) -> None:
        """Fault 38."""
        self.fault(sandbox, busy_case.kind, **busy_case.fields)

        started = time.monotonic()
        error = self.fails(source)

        assert isinstance(error, Busy)
        assert error.reason == busy_case.reason
        assert error.retry_after_s == (None if busy_case.hint_s is None else pytest.approx(busy_case.hint_s, abs=0.5))
        assert time.monotonic() - started < OVERRUN_S
        assert all(len(sandbox.requests(service)) <= 1 for service in self.services)

    def test_a_geo_block_is_the_wrong_region(self, source: Source, sandbox: Sandbox) -> None:
        """Fault 40: an address that is not served."""
        self.fault(sandbox, "html", status=403)

        error = self.fails(source)

        assert isinstance(error, Denied)
        assert error.reason == reasons.WRONG_REGION

    def test_a_wrong_clock_is_named_with_its_seconds(self, source: Source, sandbox: Sandbox) -> None:
        """Fault 31."""
        for service in self.services:
            sandbox.settings(service, skew_s=60.0)
        if not self.checks_clock:
            assert self.amount_of(source.fetch(Deadline(ENOUGH_S))) == self.amount
            return

        error = self.fails(source)

        assert isinstance(error, Denied)
        assert error.reason in {reasons.time_skew(-60 + off) for off in (-1, 0, 1)}

    # --- keys

    def test_a_redirect_is_not_followed(self, source: Source, sandbox: Sandbox) -> None:
        target = f"{sandbox.addresses[self.elsewhere]}/stolen"
        self.fault(sandbox, "redirect", headers={"Location": target})

        self.fails(source)

        assert sandbox.requests(self.elsewhere) == []

    def test_what_this_process_never_needs_cannot_leave_it(
        self, sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with listener() as theirs:
            calls = self.forbidden(self.build(dict.fromkeys(sandbox.addresses, theirs.address), tmp_path))
            for call in calls:
                with pytest.raises(NotAllowed):
                    call()
            callers = theirs.callers()

        assert callers == 0
        assert caplog.text.count("not allowed, nothing was sent") == len(calls) > 1
        assert SECRET_QUERY not in caplog.text

    def test_who_has_a_key_tells_of_it(self, source: Source) -> None:
        assert isinstance(source, Keyed) == bool(self.secrets)
        if isinstance(source, Keyed):
            assert source.key.state.rights in {key.UNPROVEN, key.BY_NATURE}

    def test_no_secret_is_in_any_error_or_log_line(
        self, sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Faults 39, 70 and I5."""
        caplog.set_level(logging.DEBUG)
        for name in SILENCED:  # as bus.log.set_up does in every process
            caplog.set_level(logging.CRITICAL, logger=name)
        source = self.build(sandbox.addresses, tmp_path)
        said = [repr(source), *self._everything_said(source, sandbox), caplog.text]

        leaks = [secret for secret in (*self.secrets, THIS_MACHINE) if secret in "\n".join(said)]

        assert leaks == []

    def _everything_said(self, source: Source, sandbox: Sandbox) -> list[str]:
        said = []
        for switch in (*self._own_faults(), *_transport_faults()):
            for service in self.services:
                switch(sandbox, service)
            try:
                source.fetch(Deadline(SHORT_S))
            except PlatformError as error:
                said += [str(error), repr(error), error.code, *traceback.format_exception(error)]
            for service in self.services:
                sandbox.clear(service)
        return said

    def _own_faults(self) -> list[Callable[[Sandbox, str], None]]:
        return [_switch(case.kind, **case.fields) for case in (*self.denied, *self.busy)]


def _switch(kind: str, **fields: object) -> Callable[[Sandbox, str], None]:
    return lambda sandbox, service: sandbox.fault(service, kind, **fields)


def _transport_faults() -> list[Callable[[Sandbox, str], None]]:
    kinds = ("hang", "reset", "cut", "refuse", "html", "empty", "truncated", "garbage", "redirect")
    return [_switch(kind) for kind in kinds]
