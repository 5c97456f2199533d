"""How OKX's answers are read."""

import contextlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus import reasons
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.okx_wire import is_read_only, read_envelope, read_trading, read_valuation
from tests.collectors.answers import anything, mutated

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
VALUATION = {
    "code": "0",
    "data": [
        {
            "details": {"classic": "0", "earn": "101.25", "funding": "250.44", "trading": "4833.7"},
            "totalBal": "5185.39",
            "ts": "1795221757000",
        }
    ],
    "msg": "",
}
BALANCE = {"code": "0", "data": [{"details": [], "totalEq": "4833.72", "uTime": "1795221757017"}], "msg": ""}
CONFIG = {"code": "0", "data": [{"perm": "read_only", "uid": "44705892343619584", "ip": ""}], "msg": ""}


def refused(code: str, *, status: int = 200, headers: dict[str, str] | None = None) -> PlatformError:
    body = json.dumps({"msg": "", "code": code}).encode()
    with pytest.raises(PlatformError) as caught:
        read_envelope(status, headers or {}, body, received_at=NOW)
    return caught.value


def test_the_clocks_error_is_measured_from_the_date_header() -> None:
    date = format_datetime(datetime(2026, 11, 21, 9, 29, 15, tzinfo=UTC), usegmt=True)

    error = refused("50102", status=401, headers={"Date": date})

    assert isinstance(error, Denied)
    assert error.reason == "time skew +44 s"


@pytest.mark.parametrize("date", ["", "yesterday", "Sat, 21 Nov 2026 09:29:15 -0000", "Sat, 99 Nov 2026 09:29:15 GMT"])
def test_without_a_date_the_clocks_error_is_a_refusal_all_the_same(date: str) -> None:
    error = refused("50102", status=401, headers={"Date": date})

    assert isinstance(error, Denied)
    assert reasons.is_known(error.reason)


def test_an_unknown_code_is_judged_by_its_status() -> None:
    assert isinstance(refused("59999"), Malformed)
    assert isinstance(refused("59999", status=503), Busy)
    assert refused("59999", status=429).reason == reasons.RATE_LIMITED


@pytest.mark.parametrize("perm", ["trade", "read_only,trade", "withdraw", "read_only,something_new", "read"])
def test_anything_but_reading_is_more_than_reading(perm: str) -> None:
    assert not is_read_only({"code": "0", "data": [{"perm": perm}]})


def test_a_valuation_is_as_old_as_it_says() -> None:
    reading = read_valuation(VALUATION, NOW)

    assert reading.amount == Decimal("5185.39")
    assert reading.as_of == datetime(2026, 11, 21, 0, 42, 37, tzinfo=UTC)
    assert reading.fetched_at == NOW


def test_a_code_that_is_a_number_is_a_bad_answer() -> None:
    with pytest.raises(Malformed):
        read_envelope(200, {}, b'{"code":0,"data":[]}', received_at=NOW)


def test_a_success_with_the_status_of_a_failure_is_none() -> None:
    with pytest.raises(Busy):
        read_envelope(502, {}, json.dumps(VALUATION).encode(), received_at=NOW)


@given(status=st.sampled_from([200, 200, 302, 401, 403, 429, 500]), body=st.binary() | mutated(VALUATION))
def test_no_bytes_make_the_reader_raise_anything_but_its_own_errors(status: int, body: bytes) -> None:
    with contextlib.suppress(PlatformError):
        read_envelope(status, {"Date": body[:40].decode("latin-1"), "Retry-After": "٣"}, body, received_at=NOW)


@given(answer=anything(VALUATION, BALANCE, CONFIG))
def test_no_answer_makes_the_readers_raise_anything_but_their_own_errors(answer: object) -> None:
    for read_one in (read_valuation, read_trading):
        with contextlib.suppress(PlatformError):
            assert abs(read_one(answer, NOW).amount) <= Decimal(10) ** 15
    with contextlib.suppress(PlatformError):
        is_read_only(answer)


@given(code=st.text("0123456789", min_size=1, max_size=9), status=st.sampled_from([200, 400, 401, 403, 429, 503]))
def test_every_code_is_an_error_with_a_known_reason(code: str, status: int) -> None:
    if code == "0":
        return

    assert reasons.is_known(refused(code, status=status, headers={"Date": "Sat, 21 Nov 2026 09:29:15 GMT"}).reason)
