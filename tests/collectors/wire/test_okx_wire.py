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
from bus.bounds import AMOUNT_LIMIT
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.wire.okx import is_read_only, read_envelope, read_trading, read_valuation
from tests.collectors.wire.answers import anything, mutated

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


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (200, Busy, reasons.BAD_ANSWER),
        (400, Busy, reasons.BAD_ANSWER),
        (401, Denied, reasons.BAD_KEY),
        (403, Denied, reasons.NO_PERMISSION),
        (410, Busy, reasons.MAINTENANCE),
        (429, Busy, reasons.RATE_LIMITED),
        (503, Busy, reasons.MAINTENANCE),
    ],
)
def test_an_unknown_code_is_judged_by_its_status(status: int, kind: type[PlatformError], reason: str) -> None:
    """Fault N7: an unknown code may be gone in a moment, and is told with the code."""
    error = refused("59999", status=status)

    assert isinstance(error, kind)
    assert (error.reason, error.code) == (reason, "59999")


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("code", ["-30006", "-1"])
def test_a_negative_code_is_maintenance_and_is_told(code: str, status: int) -> None:
    """Fault N7: OKX's own negative codes."""
    error = refused(code, status=status)

    assert isinstance(error, Busy)
    assert (error.reason, error.code) == (reasons.MAINTENANCE, code)


@pytest.mark.parametrize("status", [410, 200])
def test_an_api_that_is_offline_is_maintenance(status: int) -> None:
    """Fault N7: 50005, which comes with HTTP 410."""
    error = refused("50005", status=status)

    assert isinstance(error, Busy)
    assert (error.reason, error.code) == (reasons.MAINTENANCE, "50005")


@pytest.mark.parametrize("code", ["50014", "51000"])
def test_a_question_that_okx_finds_wrong_is_not_asked_again(code: str) -> None:
    error = refused(code, status=400)

    assert isinstance(error, Malformed)
    assert error.code == code


@pytest.mark.parametrize(("status", "kind"), [(404, Malformed), (405, Malformed), (410, Busy), (451, Denied)])
def test_an_answer_without_a_code_is_told_by_its_status(status: int, kind: type[PlatformError]) -> None:
    body = b'{"data":{},"detailMsg":"","error_code":"404","msg":"Not Found"}'
    with pytest.raises(kind) as caught:
        read_envelope(status, {}, body, received_at=NOW)

    assert caught.value.code == f"HTTP {status}"


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
            assert abs(read_one(answer, NOW).amount) <= AMOUNT_LIMIT
    with contextlib.suppress(PlatformError):
        is_read_only(answer)


@given(code=st.from_regex(r"-?[0-9]{1,10}", fullmatch=True), status=st.sampled_from([200, 400, 401, 403, 429, 503]))
def test_every_code_is_an_error_with_a_known_reason(code: str, status: int) -> None:
    if code == "0":
        return

    assert reasons.is_known(refused(code, status=status, headers={"Date": "Sat, 21 Nov 2026 09:29:15 GMT"}).reason)
