"""What all platforms' answers have in common."""

import contextlib
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus import reasons
from bus.bounds import AMOUNT_LIMIT
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.wire.answer import read_amount, read_json, refuse_status


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", "0"),
        ("-0.00", "0"),
        ("-12.50", "-12.50"),
        ("0E-8", "0"),
        ("999999999999999.99", "999999999999999.99"),
        ("0.123456789012345678901234567890", "0.123456789012345678901234567890"),
    ],
)
def test_an_amount_is_exactly_what_is_written(text: str, amount: str) -> None:
    """Fault 45: exact amounts."""
    read = read_amount(text, what="equity")

    assert read == Decimal(amount)
    assert not str(read).startswith("-0")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        " 1",
        "1\n",
        "1,5",
        "1_000",
        "NaN",
        "sNaN",
        "inf",
        "-Infinity",
        "1e400",
        "1e16",
        "１",
        "0x1",
        "--1",
        "1.",
        ".5",
    ],
)
def test_what_is_no_plain_number_is_refused_without_repeating_it(text: str) -> None:
    """Fault 44."""
    with pytest.raises(Malformed) as caught:
        read_amount(text, what="equity")

    assert caught.value.code.startswith("equity is")


@given(text=st.text() | st.from_regex(r"[-+0-9.eE]{1,12}", fullmatch=True))
def test_no_text_makes_an_amount_out_of_bounds(text: str) -> None:
    with contextlib.suppress(Malformed):
        assert abs(read_amount(text, what="equity")) <= AMOUNT_LIMIT


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html></html>",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1,"a":2}',
        b"\xff\xfe\x00",
        b"1" * 5000,
        b"[" * 99_999,
    ],
    ids=range(9),
)
def test_a_body_that_is_not_strict_json_is_a_bad_answer(body: bytes) -> None:
    """Fault 43."""
    with pytest.raises(Malformed) as caught:
        read_json(body)

    assert caught.value.reason == reasons.BAD_ANSWER


@pytest.mark.parametrize(
    ("told", "pause_s"), [("7", 7.0), (None, None), ("", None), ("soon", None), ("٣", None), ("9" * 400, None)]
)
def test_a_pause_is_only_what_the_platform_says_in_seconds(told: str | None, pause_s: float | None) -> None:
    with pytest.raises(Busy) as caught:
        refuse_status(429, {} if told is None else {"Retry-After": told})

    assert caught.value.retry_after_s == pause_s


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (302, Malformed, reasons.BAD_ANSWER),
        (408, Busy, reasons.TIMEOUT),
        (429, Busy, reasons.RATE_LIMITED),
        (451, Denied, reasons.WRONG_REGION),
        (500, Busy, reasons.MAINTENANCE),
        (521, Busy, reasons.MAINTENANCE),
    ],
)
def test_a_status_that_means_the_same_everywhere_has_its_reason(
    status: int, kind: type[PlatformError], reason: str
) -> None:
    with pytest.raises(kind) as caught:
        refuse_status(status, {})

    assert (caught.value.reason, caught.value.code) == (reason, f"HTTP {status}")


@pytest.mark.parametrize(
    ("module", "unwanted"), [("bybit", ("pybit", "requests")), ("okx", ("okx", "httpx", "requests"))]
)
def test_reading_the_settings_of_a_collector_imports_no_sdk(module: str, unwanted: tuple[str, ...]) -> None:
    script = f"import sys, collectors.{module}; print(*sys.modules)"

    imported = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert not set(unwanted) & set(imported)


def test_a_process_that_talks_httpx_does_not_pay_for_requests() -> None:
    script = (
        "import sys, okx.Account, okx.Funding, collectors.egress.httpx_transport, collectors.okx; print(*sys.modules)"
    )

    imported = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert "requests" not in imported
