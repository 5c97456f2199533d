"""What an alert says: every field by all its names, what is refused with which cure, and that nothing is repeated."""

import json
import string
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical_json import canonical
from ledger.inbox.alert import Alert, Fault, Reading, read_alert

NOW = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
SAID: dict[str, object] = {"symbol": "AAPL", "action": "buy"}
VALUE = "value-that-nobody-repeats"


def read(raw: bytes | Mapping[str, object], *, secret: str | None = None) -> Reading:
    """Read an alert at NOW, when it may be a minute old."""
    body = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    return read_alert(body, now=NOW, max_age_s=60, secret=secret)


def kept(**said: object) -> Alert:
    """Return the alert that is kept of what is said beside its symbol and action."""
    content = read(SAID | said).content
    assert isinstance(content, Alert), content
    return content


def refused(raw: bytes | Mapping[str, object]) -> Fault:
    """Return why an alert is refused."""
    content = read(raw).content
    assert isinstance(content, Fault), content
    return content


def test_an_alert_is_kept_with_each_field_by_its_first_name() -> None:
    said = {
        "ticker": "BTCUSDT.P",
        "action": "SELL",
        "qty": 0.1,
        "sl": "90",
        "tp": 1e2,
        "id": 7,
        "time": "2026-11-27T14:30:00Z",
    }
    content = read(said | {"position_size": "-2", "prev_position_size": 0, "comment": "x"}).content

    assert content == Alert(
        body={
            "symbol": "BTCUSDT.P",
            "action": "sell",
            "quantity": "0.1",
            "stop_loss": "90",
            "take_profit": "100.0",
            "id": "7",
            "timestamp": "2026-11-27T14:30:00+00:00",
            "position_size": "-2",
            "prev_position_size": "0",
            "comment": "x",
        },
        action="sell",
        symbol="BTCUSDT.P",
        external_id="7",
        quantity=Decimal("0.1"),
        position_size=Decimal(-2),
    )


def test_a_number_is_kept_to_its_last_digit() -> None:
    content = read(b'{"symbol": "X", "action": "buy", "qty": 12345678901234567890.123456789012345678}').content

    assert isinstance(content, Alert)
    assert content.quantity == Decimal("12345678901234567890.123456789012345678")


def test_what_is_not_understood_is_kept_as_it_came() -> None:
    more = {"interval": 60, "nested": {"a": [1.50, None, True]}}

    assert canonical(kept(**more).body["nested"]) == '{"a":["1.5",null,true]}'


def test_a_field_that_is_null_counts_as_left_out() -> None:
    assert "price" not in kept(price=None).body


@pytest.mark.parametrize(
    "when",
    ["2026-11-27T14:30:00Z", "2026-11-27T15:30:30.5+01:00", 1795789800, "1795789800", 1795789800000, "1795789800.25"],
)
def test_a_moment_comes_as_iso_text_or_as_seconds_or_milliseconds(when: object) -> None:
    at = datetime.fromisoformat(str(kept(time=when).body["timestamp"]))

    assert abs(at - NOW) < timedelta(seconds=31)


NUMBERS = ("quantity", "qty", "amount", "percent", "price", "stop_loss", "take_profit", "leverage")
NO_NUMBERS = (
    "NaN",
    "Infinity",
    "1e400",
    "1,5",
    "-1",
    0,
    "0.0",
    "",
    "1_000",
    " ",
    "٣",
    "½",
    "1e999999999",
    True,
    [1],
    "0x1",
)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", NO_NUMBERS)
def test_what_is_no_amount_is_refused_with_its_field(name: str, value: object) -> None:
    """Fault T7: numbers."""
    fault = refused(SAID | {name: value})

    assert (fault.code, fault.field) == ("WRONG_FIELD", name)
    assert fault.cure


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e400", "-5"])
def test_a_number_without_quotes_that_is_none_is_refused_with_its_field(literal: str) -> None:
    """Fault T7: numbers that JSON does not have."""
    fault = refused(b'{"secret": "a-secret", "symbol": "AAPL", "action": "buy", "qty": ' + literal.encode() + b"}")

    assert (fault.code, fault.field) == ("WRONG_FIELD", "qty")


def test_a_secret_is_found_beside_what_is_wrong() -> None:
    assert read(b'{"secret": "mine", "symbol": "AAPL", "action": "buy", "qty": NaN}').secret == "mine"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"symbol": "AAPL"}, "action"),
        ({"action": "buy"}, "symbol"),
        (SAID | {"action": "hold"}, "action"),
        (SAID | {"action": ""}, "action"),
        (SAID | {"action": 5}, "action"),
        (SAID | {"symbol": "AAPL; DROP"}, "symbol"),
        (SAID | {"symbol": "ААPL"}, "symbol"),
        (SAID | {"symbol": "A" * 65}, "symbol"),
        (SAID | {"ticker": "AAPL"}, "symbol"),
        (SAID | {"id": "x" * 121}, "id"),
        (SAID | {"position": "up"}, "position"),
        (SAID | {"margin_mode": "both"}, "margin_mode"),
        (SAID | {"percent": 101}, "percent"),
        (SAID | {"time": "2026-11-27T14:30:00"}, "time"),
        (SAID | {"time": "٢٠٢٦-11-27T14:30:00Z"}, "time"),
        (SAID | {"time": "2026-13-27T14:30:00Z"}, "time"),
        (SAID | {"time": "yesterday"}, "time"),
        (SAID | {"comment": {"a": 1}}, "comment"),
    ],
)
def test_a_wrong_field_is_named_with_its_cure(said: dict[str, object], field: str) -> None:
    """Fault T7: actions, symbols and the rest."""
    fault = refused(said)

    assert (fault.field, fault.code) == (field, "WRONG_FIELD")
    assert fault.cure


@pytest.mark.parametrize(
    ("name", "meant"),
    [("stop_los", "stop_loss"), ("stoploss", "stop_loss"), ("Take_Profit", "take_profit"), ("leverge", "leverage")],
)
def test_a_field_that_is_almost_one_is_refused_so_that_no_stop_is_left_out_in_silence(name: str, meant: str) -> None:
    assert refused(SAID | {name: "1"}).field == meant


def test_an_old_alert_and_one_from_the_future_are_refused_each_with_its_own_cure() -> None:
    """Fault T7: time."""
    old, new = (refused(SAID | {"time": (NOW + timedelta(seconds=way * 61)).isoformat()}) for way in (-1, 1))

    assert (old.code, new.code) == ("TOO_OLD", "TOO_NEW")
    assert "{{timenow}}" in old.cure
    assert "clock" in new.cure


def test_an_alert_is_taken_up_to_its_greatest_age() -> None:
    assert kept(time=(NOW - timedelta(seconds=60)).isoformat())


def test_a_placeholder_that_was_not_filled_is_named_where_it_is_one_of_tradingviews() -> None:
    """Fault T7: a literal placeholder."""
    known, misspelled = (
        refused(SAID | {"action": "{{strategy.order.action}}"}),
        refused(SAID | {"qty": "{{strategy.qty}}"}),
    )

    assert "{{strategy.order.action}}" in known.cure
    assert "strategy.qty" not in misspelled.cure
    assert "spelled" in misspelled.cure


def test_a_comment_may_hold_anything() -> None:
    assert kept(comment="{{strategy.order.comment}}").body["comment"] == "{{strategy.order.comment}}"


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"symbol": "AAPL", "action": "buy", "action": "sell"}', "action"),
        (b'{"symbol": "AAPL", "action": "buy", "x": 1, "x": 2}', ""),
        (b'{"symbol": "AAPL", "action": "buy", "inner": {"a": 1, "a": 2}}', ""),
    ],
)
def test_a_name_that_stands_there_twice_is_refused(raw: bytes, field: str) -> None:
    """Fault T7: duplicate keys."""
    fault = refused(raw)

    assert (fault.code, fault.field) == ("WRONG_FIELD", field)
    assert "twice" in fault.cure


JSON = json.dumps(SAID)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"  \n",
        b"buy AAPL",
        b"[1]",
        b'"buy"',
        b"null",
        JSON.encode("utf-8-sig"),
        JSON.encode("utf-16"),
        JSON.encode("utf-16-le"),
        JSON.replace("AAPL", "é").encode("latin-1"),
        b"\xff\xfe",
        b"[" * 16_000,
        b'{"a":' * 3_000,
        b'{"symbol": "AAPL", "action": "buy", "x": ' + b"[" * 20 + b"]" * 20 + b"}",
        b'{"symbol": "AAPL" "action": "buy"}',
        b'{"symbol": "AAPL", "action": "buy", "comment": "say "no""}',
        b"{'symbol': 'AAPL'}",
        b'{"symbol": "AAPL", "action": "buy"}}',
        b'{"symbol": "AAPL", "qty": 01}',
    ],
)
def test_what_is_no_json_is_refused_with_an_example(raw: bytes) -> None:
    """Fault T7: nesting, marks, encodings."""
    fault = refused(raw)

    assert fault.code == "NOT_JSON"
    assert "UTF-8" in fault.cure or "{{ticker}}" in fault.cure


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000"])
def test_a_text_that_no_database_keeps_is_refused(text: str) -> None:
    raw = b'{"symbol": "AAPL", "action": "buy", "more": ["' + text.encode() + b'"]}'

    assert refused(raw).code == "WRONG_FIELD"


def test_nothing_that_is_refused_is_repeated() -> None:
    names = ("action", "symbol", "exchange", "qty", "price", "time", "position", "id", VALUE)
    wrong = [refused(SAID | {name: VALUE + "{{" + VALUE + "}}" * 3 + "ü" * 200}) for name in names[:-1]]
    wrong += [refused(f'{{"{VALUE}": 1, "{VALUE}": 2}}'.encode()), refused(f"{VALUE}".encode())]

    assert not [fault for fault in wrong if VALUE in f"{fault}"]


@pytest.mark.parametrize("name", ["secret", "Secret", "passphrase", "my_token", "PASSWORD"])
def test_a_secret_is_no_part_of_what_is_kept(name: str) -> None:
    """Fault T9: no secret in a row."""
    assert VALUE not in f"{kept(**{name: VALUE})}"


@pytest.mark.parametrize("where", [{"comment": f"x {VALUE}"}, {"deep": {"a": [VALUE]}}, {VALUE: 1}])
def test_a_secret_that_stands_in_a_second_place_is_refused(where: dict[str, object]) -> None:
    """Fault T9: no secret in a row."""
    in_body, beside = read(SAID | {"secret": VALUE} | where), read(SAID | where, secret=VALUE)

    assert isinstance(in_body.content, Fault)
    assert in_body.content == beside.content
    assert VALUE not in f"{beside.content}"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
names = st.sampled_from([*NUMBERS, "action", "symbol", "time", "id", "position", "comment", "secret"]) | st.text()


@given(st.binary(max_size=300) | st.text(string.printable).map(str.encode))
def test_no_bytes_make_the_reader_raise(raw: bytes) -> None:
    assert isinstance(read(raw).content, Alert | Fault)


@given(st.dictionaries(names, anything, max_size=6))
def test_whatever_is_kept_can_be_written_in_one_way(said: dict[str, object]) -> None:
    content = read(SAID | said).content

    assert isinstance(content, Fault) or canonical(content.body)
