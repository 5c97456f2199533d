"""What every collector promises about connections and about answers that are none."""

import time
import tracemalloc
from pathlib import Path

import pytest

from bus import reasons
from collectors.errors import Busy, Denied, Malformed
from collectors.source import Deadline, Source
from sandbox.control.client import Sandbox
from tests.collectors.contracts.subject import ENOUGH_S, OVERRUN_S, SHORT_S, Subject

DRIP_S = 1.2  # longer than the pause between two bytes, so that no read times out by itself
FLAT_BYTES = 40_000_000


class TransportContract(Subject):
    """The promises of all collectors, first part; `CollectorContract` has the rest."""

    # --- transport

    @pytest.mark.parametrize(("kind", "budget_s"), [("hang", SHORT_S), ("drip", DRIP_S)])
    def test_silence_and_dripping_are_cut_by_the_budget(
        self, source: Source, sandbox: Sandbox, kind: str, budget_s: float
    ) -> None:
        """Fault 35."""
        self.fault(sandbox, kind)

        started = time.monotonic()
        error = self.fails(source, budget_s=budget_s)

        assert isinstance(error, Busy)
        assert error.reason == reasons.TIMEOUT
        assert time.monotonic() - started < budget_s + OVERRUN_S

    @pytest.mark.parametrize("kind", ["refuse", "reset", "reset_after", "cut"])
    def test_a_broken_connection_is_unreachable(self, source: Source, sandbox: Sandbox, kind: str) -> None:
        """Faults 33 and 36."""
        self.fault(sandbox, kind)

        error = self.fails(source)

        assert isinstance(error, Busy)
        assert error.reason == reasons.UNREACHABLE

    def test_after_a_broken_connection_the_next_fetch_works(self, source: Source, sandbox: Sandbox) -> None:
        """Fault 36."""
        source.fetch(Deadline(ENOUGH_S))
        self.fault(sandbox, "reset")
        self.fails(source)
        for service in self.services:
            sandbox.clear(service)

        reading = source.fetch(Deadline(ENOUGH_S))

        assert self.amount_of(reading) == self.amount

    def test_an_outage_page_is_maintenance(self, source: Source, sandbox: Sandbox) -> None:
        """Fault 39."""
        self.fault(sandbox, "html", status=502)

        error = self.fails(source)

        assert isinstance(error, Busy)
        assert error.reason == reasons.MAINTENANCE

    def test_a_connection_that_speaks_no_tls_is_a_tls_error(self, sandbox: Sandbox, tmp_path: Path) -> None:
        """Fault 37: no certificate at all."""
        secured = {name: url.replace("http://", "https://") for name, url in sandbox.addresses.items()}

        error = self.fails(self.build(secured, tmp_path))

        assert isinstance(error, Denied)
        assert error.reason == reasons.TLS_ERROR

    # --- answers that are none

    @pytest.mark.parametrize("kind", ["empty", "truncated", "garbage", "redirect"])
    def test_an_answer_that_is_none_is_a_bad_answer(self, source: Source, sandbox: Sandbox, kind: str) -> None:
        """Fault 43."""
        self.fault(sandbox, kind)

        error = self.fails(source)

        assert isinstance(error, Malformed)
        assert error.reason == reasons.BAD_ANSWER

    def test_a_maintenance_page_with_status_200_is_a_bad_answer(self, source: Source, sandbox: Sandbox) -> None:
        """Fault 39: HTML with 200."""
        self.fault(sandbox, "html", status=200)

        error = self.fails(source)

        assert isinstance(error, Malformed)
        assert error.reason == reasons.BAD_ANSWER

    @pytest.mark.parametrize("kind", ["huge", "gzip_bomb"])
    def test_an_oversized_body_is_a_bad_answer_and_takes_no_memory(
        self, source: Source, sandbox: Sandbox, kind: str
    ) -> None:
        """Fault 43: the size."""
        self.fault(sandbox, kind)

        tracemalloc.start()
        error = self.fails(source)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert isinstance(error, Malformed)
        assert error.reason == reasons.BAD_ANSWER
        assert peak_bytes < FLAT_BYTES

    def test_what_is_no_amount_is_a_bad_answer_and_never_zero(
        self, source: Source, sandbox: Sandbox, bad_amount: str | None
    ) -> None:
        """Fault 44."""
        self.set_amount(sandbox, bad_amount)

        error = self.fails(source)

        assert isinstance(error, Malformed)
        assert error.reason == reasons.BAD_ANSWER
