"""Envelopes: opened once, by whom they are for, while they live; whatever else is said is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.codec import encode
from bus.messages.venue_accounts import AskAccount
from bus.messages.venues import AskQuote, Said, Signed
from bus.signing import AHEAD, BOOTS_KEPT, KEY_BYTES, LIFE, NotSigned, Opener, Signer, derive_key
from tests.bus.said_samples import SAID
from tests.every_message import decode

KEY = bytes(range(KEY_BYTES))
NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)
ASKED = AskAccount(id="q", account="acc-1", since=NOW)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        """Begin at NOW."""
        self.at = NOW

    def now(self) -> datetime:
        """Return the time it shows."""
        return self.at

    def monotonic(self) -> float:
        """Return the seconds since NOW."""
        return (self.at - NOW).total_seconds()


def signer(clock: Clock, *, key: bytes = KEY, sender: str = "execution", to: str = "broker-paper") -> Signer:
    """Return a new life of a sender."""
    return Signer(key, sender=sender, to=to, time=clock)


def opener(clock: Clock) -> Opener[Said]:
    """Return a new life of the receiver."""
    return Opener(KEY, sender="execution", to="broker-paper", kinds=(AskAccount,), time=clock)


def test_what_was_signed_is_opened_as_it_was_said_even_after_its_way_over_the_bus() -> None:
    clock = Clock()
    arrived = decode(encode(signer(clock).sign(ASKED))[1])

    assert isinstance(arrived, Signed)
    assert opener(clock).open(arrived) == ASKED


def changed_fields() -> dict[str, Callable[[Signed], Signed]]:
    """Return one change of each field."""
    replace = msgspec.structs.replace
    return {
        "to": lambda envelope: replace(envelope, to="broker-other"),
        "sender": lambda envelope: replace(envelope, sender="notifier"),
        "boot": lambda envelope: replace(envelope, boot="0" * 16),
        "sequence": lambda envelope: replace(envelope, sequence=envelope.sequence + 1),
        "expires_at": lambda envelope: replace(envelope, expires_at=envelope.expires_at + timedelta(microseconds=1)),
        "content": lambda envelope: replace(envelope, content=msgspec.msgpack.encode(SAID["askaccount"])),
        "mac": lambda envelope: replace(envelope, mac=bytes(32)),
        "mac cut": lambda envelope: replace(envelope, mac=envelope.mac[:16]),
        "mac empty": lambda envelope: replace(envelope, mac=b""),
    }


@pytest.mark.parametrize("field", changed_fields())
def test_a_change_of_any_field_is_refused(field: str) -> None:
    """Fault T33: altered."""
    clock = Clock()

    with pytest.raises(NotSigned):
        opener(clock).open(changed_fields()[field](signer(clock).sign(ASKED)))


@given(st.data())
def test_any_flipped_bit_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    """Fault T33: altered on its way."""
    clock = Clock()
    envelope = signer(clock).sign(ASKED)
    body = bytearray(encode(envelope)[1])
    body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        arrived = decode(bytes(body))
    except msgspec.DecodeError:
        return

    if isinstance(arrived, Signed) and arrived != envelope:
        with pytest.raises(NotSigned):
            opener(clock).open(arrived)


@given(st.lists(st.integers(0, 9), max_size=40))
def test_in_whatever_order_envelopes_come_none_is_opened_twice_and_none_before_an_older(order: list[int]) -> None:
    """Fault T33: replayed."""
    clock = Clock()
    sender, receiver = signer(clock), opener(clock)
    envelopes = [sender.sign(ASKED) for _ in range(10)]
    opened: list[int] = []
    for place in order:
        try:
            receiver.open(envelopes[place])
        except NotSigned:
            assert opened
            assert place <= opened[-1]
        else:
            opened.append(place)

    assert opened == sorted(set(opened))


@pytest.mark.parametrize(
    ("key", "sender", "to"),
    [
        (bytes(32), "execution", "broker-paper"),
        (derive_key(KEY, "broker-paper"), "execution", "broker-paper"),
        (KEY, "bybit", "broker-paper"),
        (KEY, "execution", "broker-other"),
    ],
)
def test_another_key_sender_or_receiver_is_refused(key: bytes, sender: str, to: str) -> None:
    """Fault T33: forged."""
    clock = Clock()

    with pytest.raises(NotSigned):
        opener(clock).open(signer(clock, key=key, sender=sender, to=to).sign(ASKED))


@pytest.mark.parametrize(
    ("moved", "is_opened"),
    [
        (timedelta(0), True),
        (LIFE, True),
        (LIFE + timedelta(microseconds=1), False),
        (timedelta(hours=2), False),
        (LIFE - AHEAD, True),
        (LIFE - AHEAD - timedelta(microseconds=1), False),
        (timedelta(hours=-2), False),
    ],
)
def test_an_envelope_lives_for_its_few_seconds_by_the_receivers_clock(moved: timedelta, is_opened: bool) -> None:
    clock = Clock()
    envelope = signer(clock).sign(ASKED)
    clock.at += moved

    if is_opened:
        assert opener(clock).open(envelope) == ASKED
    else:
        with pytest.raises(NotSigned, match="expired"):
            opener(clock).open(envelope)


def test_a_life_that_was_followed_by_another_is_over() -> None:
    clock = Clock()
    receiver, old = opener(clock), signer(clock)
    receiver.open(old.sign(ASKED))
    late = old.sign(ASKED)
    clock.at += timedelta(seconds=1)
    new = signer(clock)
    receiver.open(new.sign(ASKED))

    with pytest.raises(NotSigned, match="over"):
        receiver.open(late)
    assert receiver.open(new.sign(ASKED)) == ASKED


def test_a_late_word_of_an_old_life_does_not_end_the_present_one() -> None:
    """A receiver that has just started hears the new life first, and then what the old one said last."""
    clock = Clock()
    late = signer(clock).sign(ASKED)
    clock.at += timedelta(seconds=1)
    receiver, new = opener(clock), signer(clock)
    receiver.open(new.sign(ASKED))

    with pytest.raises(NotSigned, match="over"):
        receiver.open(late)
    assert receiver.open(new.sign(ASKED)) == ASKED


def test_a_sender_whose_clock_was_set_back_is_heard_again() -> None:
    clock = Clock()
    receiver = opener(clock)
    receiver.open(signer(clock).sign(ASKED))
    clock.at -= timedelta(hours=2)

    assert receiver.open(signer(clock).sign(ASKED)) == ASKED


def test_the_lives_that_are_over_are_remembered_in_bounded_number() -> None:
    clock = Clock()
    receiver = opener(clock)
    lives = []
    for _ in range(BOOTS_KEPT + 5):
        clock.at += timedelta(milliseconds=1)
        lives.append(signer(clock))
        receiver.open(lives[-1].sign(ASKED))

    assert receiver.open(lives[-1].sign(ASKED)) == ASKED
    with pytest.raises(NotSigned):
        receiver.open(lives[-2].sign(ASKED))


def test_a_kind_that_the_receiver_does_not_take_is_refused() -> None:
    clock = Clock()
    quote = SAID["askquote"]

    assert isinstance(quote, AskQuote)
    with pytest.raises(NotSigned, match="cannot be read"):
        opener(clock).open(signer(clock).sign(quote))


def test_each_brokers_key_is_its_own() -> None:
    keys = {derive_key(KEY, name) for name in ("broker-paper", "broker-paper2", "broker-far")}

    assert len(keys) == 3
    assert all(len(key) == KEY_BYTES and key != KEY for key in keys)
