"""The readers of the sources' answers: what is a rate, and what is not."""

import contextlib
import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.errors import Malformed, PlatformError
from collectors.wire.fx import Quote, read_cbr, read_erapi, read_frankfurter
from tests.collectors.wire.answers import anything, mutated


def list_of(entry: str, *, day: str = "21.11.2026") -> bytes:
    heading = '<?xml version="1.0" encoding="windows-1251"?>'
    return f'{heading}<ValCurs Date="{day}" name="x">{entry}</ValCurs>'.encode("windows-1251")


def entry(value: str = "82,1665", nominal: str = "1") -> str:
    dollar = f"<CharCode>USD</CharCode><Nominal>{nominal}</Nominal><Name>Доллар США</Name><Value>{value}</Value>"
    return f"<Valute>{dollar}</Valute>"


def test_the_list_is_read_from_its_bytes() -> None:
    assert read_cbr(list_of(entry())) == Quote(rate=Decimal("82.1665"), valid_for=date(2026, 11, 21))


@pytest.mark.parametrize(
    "body",
    [
        list_of(""),
        list_of(entry() + entry()),
        list_of(entry(value="82.1665")),
        list_of(entry(value="")),
        list_of(entry(value="NaN")),
        list_of(entry(nominal="0")),
        list_of(entry(nominal="")),
        list_of(entry(), day="31.02.2026"),
        list_of(entry(), day="2026-11-21"),
        list_of(entry()).replace(b"ValCurs", b"html"),
        b"<ValCurs>Error in parameters</ValCurs>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><ValCurs Date="21.11.2026">&a;</ValCurs>',
    ],
)
def test_what_is_not_the_list_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_cbr(body)


FRANKFURTER = [{"date": "2026-11-20", "base": "USD", "quote": "RUB", "rate": 82.1}]
ERAPI = {"result": "success", "base_code": "USD", "time_last_update_unix": 1795219351, "rates": {"USD": 1, "RUB": 82.3}}


def test_a_number_in_json_keeps_every_digit() -> None:
    body = json.dumps(FRANKFURTER).replace("82.1", "82.12345678901234567890123").encode()

    assert read_frankfurter(body).rate == Decimal("82.12345678901234567890123")


def test_the_other_sources_say_their_day() -> None:
    assert read_frankfurter(json.dumps(FRANKFURTER).encode()).valid_for == date(2026, 11, 20)
    assert read_erapi(json.dumps(ERAPI).encode()) == Quote(rate=Decimal("82.3"), valid_for=date(2026, 11, 21))


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        json.dumps(FRANKFURTER * 2).encode(),
        json.dumps(FRANKFURTER).replace("82.1", '"82.1"').encode(),
        json.dumps(FRANKFURTER).replace("82.1", "true").encode(),
        json.dumps(FRANKFURTER).replace("82.1", "1e400").encode(),
        json.dumps(FRANKFURTER).replace("82.1", "1e99999999999999999999").encode(),
        json.dumps(FRANKFURTER).replace("82.1", '82.1, "rate": 83.1').encode(),
        json.dumps(FRANKFURTER).replace("RUB", "EUR").encode(),
    ],
)
def test_what_is_not_one_rate_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_frankfurter(body)


@pytest.mark.parametrize("error", ["unsupported-code", "quota-reached"])
def test_an_error_said_with_200_is_malformed(error: str) -> None:
    with pytest.raises(Malformed):
        read_erapi(json.dumps({"result": "error", "error-type": error}).encode())


def bodies(example: object) -> st.SearchStrategy[bytes]:
    return anything(example).map(lambda value: json.dumps(value).encode()) | mutated(example) | st.binary()


@given(bodies(FRANKFURTER), bodies(ERAPI), st.binary() | st.text("<>&;/, 0123456789USDабв").map(list_of))
def test_no_body_makes_the_readers_raise_anything_but_their_own_errors(
    frankfurter: bytes, erapi: bytes, cbr: bytes
) -> None:
    for read_it, body in ((read_frankfurter, frankfurter), (read_erapi, erapi), (read_cbr, cbr)):
        with contextlib.suppress(PlatformError):
            assert 20 <= read_it(body).rate <= 500
