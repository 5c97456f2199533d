"""What is said on the bus arrives as it was said, from old senders too, and garbage is refused in one way only.

tests/bus/golden/ holds the bytes of each sample as an earlier program sent them, in hex. They are never rewritten: when
a message gets a new field, add a sample and its bytes beside the old ones.
"""

import contextlib
import types
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bus.codec import MOST_BYTES, TooLarge, encode
from bus.messages.base import Message, topic
from bus.messages.delivery import Alert
from bus.messages.operations import Heartbeat
from bus.messages.rounds import Balance
from tests.bus.samples import SAMPLES, TICK
from tests.every_message import KINDS, decode

GOLDEN = Path(__file__).parent / "golden"
ZONES = st.just(UTC) | st.builds(timezone, st.timedeltas(timedelta(hours=-14), timedelta(hours=14)))
FIRST, LAST = datetime(1, 1, 3), datetime(9999, 12, 29)  # noqa: DTZ001 - hypothesis wants them naive
SIMPLE: dict[object, st.SearchStrategy[object]] = {
    str: st.text(max_size=20),
    bytes: st.binary(max_size=20),
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**64 - 1),
    float: st.floats(allow_nan=False),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    datetime: st.datetimes(timezones=ZONES, min_value=FIRST, max_value=LAST),
    date: st.dates(),
    types.NoneType: st.none(),
}


def values(hint: object) -> st.SearchStrategy[object]:
    """Return a strategy for a field's type."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    inner = get_args(hint)
    if get_origin(hint) in {Union, types.UnionType}:
        return st.one_of([values(each) for each in inner])
    if get_origin(hint) is tuple:
        return st.lists(values(inner[0]), max_size=3).map(tuple)
    if get_origin(hint) is dict:
        return st.dictionaries(st.text(max_size=20), values(inner[1]), max_size=3)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        hints = get_type_hints(hint)
        return st.builds(hint, **{name: values(hints[name]) for name in hint.__struct_fields__})
    raise TypeError(f"no strategy for {hint}")


def known_to(golden: object, sent: object) -> object:
    """Return what was sent without the fields, however deep, that the golden message has not."""
    if isinstance(golden, dict) and isinstance(sent, dict):
        return {field: known_to(golden[field], value) for field, value in sent.items() if field in golden}
    if isinstance(golden, list) and isinstance(sent, list) and len(golden) == len(sent):
        return [known_to(*pair) for pair in zip(golden, sent, strict=True)]
    return sent


messages = st.one_of([values(kind) for kind in KINDS])


@given(messages)
def test_every_message_arrives_as_it_was_said(message: Message) -> None:
    _, body = encode(message)

    assert decode(body) == message


@pytest.mark.parametrize("name", SAMPLES)
def test_bytes_of_an_earlier_program_still_decode(name: str) -> None:
    golden = bytes.fromhex((GOLDEN / f"{name}.hex").read_text(encoding="ascii"))

    assert decode(golden) == SAMPLES[name]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_message_is_still_sent_as_an_earlier_program_expects_it(name: str) -> None:
    golden = msgspec.msgpack.decode(bytes.fromhex((GOLDEN / f"{name}.hex").read_text(encoding="ascii")))

    sent = msgspec.msgpack.decode(encode(SAMPLES[name])[1])

    assert known_to(golden, sent) == golden


def test_every_kind_of_message_has_golden_bytes_and_all_of_them_are_tested() -> None:
    assert {type(sample) for sample in SAMPLES.values()} == set(KINDS)
    assert {path.stem for path in GOLDEN.iterdir()} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_fields_of_a_newer_program_are_ignored(name: str) -> None:
    """Fault 49: a later version."""
    _, body = encode(SAMPLES[name])
    newer = msgspec.msgpack.encode(msgspec.msgpack.decode(body) | {"colour": [1, {"of": "the sky"}]})

    assert decode(newer) == SAMPLES[name]


def test_money_and_moments_keep_every_digit() -> None:
    message = SAMPLES["balance"]
    arrived = decode(encode(message)[1])

    assert isinstance(message, Balance)
    assert isinstance(arrived, Balance)
    assert str(arrived.amount) == "3901.230000000000000001"
    assert arrived.fetched_at.microsecond == 123_456
    assert arrived.fetched_at.utcoffset() is not None


@pytest.mark.parametrize("kind", ["unheard", "", "Tick", 7, None])
def test_an_unknown_kind_is_refused(kind: object) -> None:
    """Fault 49."""
    body = msgspec.msgpack.encode({"kind": kind, "round_id": "2026-02-11T09:00Z"})

    with pytest.raises(msgspec.DecodeError):
        decode(body)


def test_a_message_without_its_kind_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(msgspec.msgpack.encode({"round_id": "2026-02-11T09:00Z"}))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("round_id", 7),
        ("round_id", None),
        ("scheduled_for", "yesterday"),
        ("scheduled_for", 1_700_000_000),
        ("closes_in_s", "45"),
        ("missed", {"a": 1}),
        ("missed", ["2026-02-11"]),
        ("missed_count", 1.5),
    ],
)
def test_a_field_of_the_wrong_type_is_refused(field: str, wrong: object) -> None:
    fields = msgspec.msgpack.decode(encode(TICK)[1])

    with pytest.raises(msgspec.ValidationError, match=field):
        decode(msgspec.msgpack.encode(fields | {field: wrong}))


@pytest.mark.parametrize("field", ["started_at", "said_at"])
def test_a_beat_whose_moment_names_no_zone_is_refused_and_breaks_nobodys_arithmetic(field: str) -> None:
    beat = msgspec.structs.replace(
        Heartbeat(name="fx@b", pid=1, started_at=datetime.now(UTC), said_at=datetime.now(UTC)),
        **{field: datetime(2026, 11, 28)},  # noqa: DTZ001 - that is what is tried
    )

    with pytest.raises(msgspec.ValidationError):
        decode(encode(beat)[1])


@pytest.mark.parametrize("field", ["round_id", "platform", "amount", "currency", "as_of", "fetched_at", "wallets"])
def test_a_balance_without_a_field_that_matters_is_refused(field: str) -> None:
    fields = msgspec.msgpack.decode(encode(SAMPLES["balance"])[1])
    del fields[field]

    with pytest.raises(msgspec.ValidationError, match=field):
        decode(msgspec.msgpack.encode(fields))


@given(st.binary())
@example(b"")
@example(b"\x82\xa4kind\xa5alert\xa2id\xa1\xff")  # text that is not UTF-8
@example(b"\x82\xa4kind\xa5alert\xa7unknown" + b"\x91" * 100_000)  # deeper than any stack
@example(b"\x82\xa4kind\xa5alert\xa2id\xdd\xff\xff\xff\xff")  # promises four thousand million items
@example(b"\x82\xa4kind\xa5alert\xa9raised_at\xc7\x0c\xff" + b"\xff" * 12)  # a moment that cannot be
def test_bytes_from_anywhere_raise_nothing_but_msgspecs_error(body: bytes) -> None:
    """Fault 49."""
    with contextlib.suppress(msgspec.DecodeError):
        decode(body)


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_damaged_messages_raise_nothing_but_msgspecs_error(name: str, data: st.DataObject) -> None:
    """Fault 49."""
    body = bytearray(encode(SAMPLES[name])[1])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))

    with contextlib.suppress(msgspec.DecodeError):
        decode(bytes(body))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("balance", b"balance.okx"),
        ("failure", b"failure.tbank"),
        ("heartbeat", b"heartbeat.okx"),
        ("rate", b"rate."),
        ("tick", b"tick."),
        ("alertstored", b"alertstored."),
    ],
)
def test_the_topic_is_the_kind_and_its_one_source(name: str, expected: bytes) -> None:
    assert encode(SAMPLES[name])[0] == expected


def test_no_kinds_prefix_hears_another_kind() -> None:
    prefixes = [topic(kind).prefix for kind in KINDS]

    assert not [(one, other) for one in prefixes for other in prefixes if one != other and other.startswith(one)]


def test_a_message_too_large_for_the_bus_is_refused_by_its_sender() -> None:
    """Fault 50: the sender."""
    around = len(encode(Alert(id="a", text="", raised_at=TICK.missed[0]))[1]) + 4  # a long text's length takes 5 bytes
    fits = Alert(id="a", text="x" * (MOST_BYTES - around), raised_at=TICK.missed[0])
    does_not = msgspec.structs.replace(fits, text=fits.text + "x")

    assert len(encode(fits)[1]) == MOST_BYTES
    with pytest.raises(TooLarge, match=f"Alert of {MOST_BYTES + 1} bytes"):
        encode(does_not)


def test_no_message_can_be_changed_after_it_was_made() -> None:
    assert all(kind.__struct_config__.frozen for kind in KINDS)
