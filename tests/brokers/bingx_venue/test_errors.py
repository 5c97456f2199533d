"""What BingX's codes come to: every one that is documented, for what is asked and for what would be changed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from brokers.bingx_venue.answers import outcome
from brokers.bingx_venue.errors import KNOWN, Refusal, error_of, error_of_status, is_duplicate
from brokers.bingx_venue.gate import ROUTES
from brokers.venue import Busy, Denied, Malformed, Refused, Unknown, VenueError

ORDER = ROUTES["POST", "/openApi/swap/v2/trade/order"]
POSITIONS = ROUTES["GET", "/openApi/swap/v2/user/positions"]
TABLE: dict[type[VenueError], tuple[str, ...]] = {
    Denied: ("100001", "100004", "100412", "100413", "100419", "109403", "109429"),
    Malformed: ("100400", "100404"),
    Refused: (
        *("101202", "101400", "110400", "110422", "110425", "110402"),
        *("101204", "101253", "101206", "101212", "110424", "100202"),
        *("101205", "109420", "101209", "101414", "101222", "101429", "110287", "101211", "100440"),
        *("101215", "101290", "101413", "104424", "101415", "110280", "109417", "100490", "101419", "104103"),
        *("109400", "109421", "109425", "110406", "110407", "110411", "110412", "110413", "110414"),
        *("80001", "80014", "80016", "80017"),
    ),
    Unknown: ("100500", "101219", "101214", "110500", "109500", "504", "101481", "109201", "80012"),
    Busy: ("100410", "100421"),
}
CODES = [(code, kind) for kind, codes in TABLE.items() for code in codes]


@pytest.mark.parametrize(("code", "kind"), CODES)
def test_each_code_of_a_change_is_the_error_that_says_what_to_do(code: str, kind: type[VenueError]) -> None:
    error = error_of(Refusal(code), is_change=True)

    assert type(error) is kind
    assert error.code == code
    assert 0 < len(error.reason) < 100


@pytest.mark.parametrize(("code", "kind"), CODES)
def test_nothing_that_was_only_asked_is_unknown(code: str, kind: type[VenueError]) -> None:
    error = error_of(Refusal(code), is_change=False)

    assert type(error) is not Unknown
    assert type(error) is kind or kind is Unknown


def test_the_table_is_whole() -> None:
    assert {code for code, _ in CODES} == KNOWN


def test_a_code_that_is_not_known_leaves_a_change_to_be_looked_up() -> None:
    assert isinstance(error_of(Refusal("123456"), is_change=True), Unknown)
    assert isinstance(error_of(Refusal("123456"), is_change=False), Busy)


def test_what_80012_wraps_is_what_counts() -> None:
    wrapped = Refusal("80012", '{"Code":101253,"Msg":"margin is not enough"}')

    error = error_of(wrapped, is_change=True)

    assert isinstance(error, Refused)
    assert (error.code, error.reason) == ("101253", "not enough funds at BingX")


@pytest.mark.parametrize("code", ["101481", "109201"])
def test_an_order_that_is_there_already_is_to_be_looked_up(code: str) -> None:
    assert is_duplicate(error_of(Refusal(code), is_change=True))


def test_101400_is_a_size_or_the_same_order_twice_by_its_words() -> None:
    assert is_duplicate(error_of(Refusal("101400", "duplicate order, try later"), is_change=True))
    assert isinstance(error_of(Refusal("101400", "The minimum order amount is 0.0001 BTC"), is_change=True), Refused)


def test_a_refused_size_says_bingx_words() -> None:
    error = error_of(Refusal("110422", "The minimum order amount is\n0.0001 BTC"), is_change=True)

    assert error.reason.endswith("The minimum order amount is 0.0001 BTC")


def test_spots_rejection_by_time_is_no_trouble_of_the_clock() -> None:
    error = error_of(Refusal("100421", "the order was rejected: pair not supported by API"), is_change=True)

    assert isinstance(error, Refused)


@pytest.mark.parametrize(
    "text",
    [
        "code:100410:The endpoint trigger frequency limit rule is currently in the disabled period and will be "
        "unblocked after 1727193814249",
        "over 20 error code:100202 requests within 480000 ms for this api, can retry after time: 1727193814249",
    ],
)
def test_until_when_a_call_is_blocked_stands_in_the_text(text: str) -> None:
    assert Refusal("100410", text).blocked_until_ms == 1727193814249
    assert Refusal("100410", "rate limited").blocked_until_ms is None


@pytest.mark.parametrize(
    ("status", "of_change", "of_read"),
    [
        (429, Busy, Busy),
        (418, Busy, Busy),
        (403, Denied, Denied),
        (404, Malformed, Malformed),
        (302, Unknown, Malformed),
        (408, Unknown, Malformed),
        (500, Unknown, Busy),
        (502, Unknown, Busy),
        (504, Unknown, Busy),
    ],
)
def test_a_status_alone_says_whether_a_change_may_be_done(
    status: int, of_change: type[VenueError], of_read: type[VenueError]
) -> None:
    assert type(error_of_status(status, is_change=True)) is of_change
    assert type(error_of_status(status, is_change=False)) is of_read


def test_a_refusal_in_a_gateways_answer_counts_but_with_5xx_nothing_is_sure() -> None:
    body = json.dumps({"code": 101204, "msg": "Insufficient margin"}).encode()

    assert isinstance(outcome(ORDER, 400, body).error, Refused)
    assert isinstance(outcome(ORDER, 500, body).error, Unknown)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"data":{}}', b'{"code":null}', b'{"code":0', b"\xff"])
def test_an_answer_that_cannot_be_read_leaves_a_change_unknown_and_a_read_malformed(body: bytes) -> None:
    assert isinstance(outcome(ORDER, 200, body).error, Unknown)
    assert isinstance(outcome(POSITIONS, 200, body).error, Malformed)


@pytest.mark.parametrize("code", ["0", 0])
def test_code_0_is_well_as_a_text_too(code: str | int) -> None:
    told = outcome(ORDER, 200, json.dumps({"code": code, "msg": "", "data": {"a": 1}}).encode())

    assert told.error is None
    assert bytes(told.data) == b'{"a": 1}'


@pytest.mark.parametrize("data", ["[]", "{}", "null", '{"orders":[]}', '{"orders": null}'])
def test_words_beside_an_empty_list_are_no_answer(data: str) -> None:
    told = outcome(POSITIONS, 200, b'{"code":0,"msg":"query failed","data":%s}' % data.encode())

    assert isinstance(told.error, Busy)


def test_an_empty_list_without_words_means_that_there_is_nothing() -> None:
    assert outcome(POSITIONS, 200, b'{"code":0,"msg":"","data":[]}').error is None


@given(some.binary(), some.sampled_from(sorted(ROUTES)), some.integers(min_value=100, max_value=599))
def test_no_answer_makes_the_reader_raise(body: bytes, name: tuple[str, str], status: int) -> None:
    told = outcome(ROUTES[name], status, body)

    assert told.error is None or isinstance(told.error, VenueError)
