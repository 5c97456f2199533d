"""Execution's side of the wire: whom it believes, what it keeps, and how often it asks."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from bus.broker_names import default_program
from bus.messages.venue_talk import Order
from bus.messages.venues import (
    AskInstrument,
    AskQuote,
    BrokerState,
    InstrumentState,
    LookUpOrder,
    Quote,
    Said,
    Signed,
    Traded,
)
from bus.signing import LIFE, Opener, Signer, derive_key
from execution.venue_link import ASK_AGAIN_S, INSTRUMENT_LIVES, QUOTE_LIVES, SILENT_AFTER_S, VenueLink
from execution.venue_peer import ANSWERS
from execution.venues import Place
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import NOW

MASTER = b"m" * 32
PAPER, OTHER = "broker-paper", "broker-other"
HERE = Place(PAPER, "an account")
BTC = Traded(symbol="BTC-USDT", asset_type="CRYPTO", currency="USDT", base_currency="BTC")


class Wire:
    """A link, and the brokers that it speaks with."""

    def __init__(self) -> None:
        """Serve one broker."""
        self.time = FalseTime(NOW)
        self.sent: list[Signed] = []
        self.link = VenueLink(self, MASTER, time=self.time)  # type: ignore[arg-type]  # it publishes, no more
        self.link.serve((PAPER,))
        self.signer = self.life(PAPER)

    def life(self, broker: str, *, key: bytes | None = None, to: str = "execution") -> Signer:
        """Begin a life of a broker."""
        return Signer(key or derive_key(MASTER, broker), sender=broker, to=to, time=self.time)

    def publish(self, message: Signed) -> None:
        """Keep an envelope."""
        self.sent.append(message)

    def hears(self, said: Said, signer: Signer | None = None) -> bool:
        """Let a broker say something; return whether it is believed."""
        return self.link.open((signer or self.signer).sign(said)) is not None

    def asked(self) -> int:
        """Return how many envelopes went out since this was last asked."""
        count, self.sent = len(self.sent), []
        return count

    def state(self, boot: str = "1", *, is_connected: bool = True) -> BrokerState:
        """Return what a broker says of itself."""
        return BrokerState(broker=PAPER, boot=boot, is_connected=is_connected, since=NOW)

    def quote(self, last: str = "100", *, account: str = HERE.account) -> Quote:
        """Return a quote of this moment."""
        price = Decimal(last)
        return Quote(
            account=account, instrument=BTC, bid=price, ask=price, last=price, as_of=self.time.now(), source="test"
        )

    def asked_last(self) -> AskInstrument:
        """Return which instrument was asked for last."""
        key = derive_key(MASTER, PAPER)
        opener: Opener[Said] = Opener(key, sender="execution", to=PAPER, kinds=Order.__args__, time=self.time)
        [asked] = [each for each in map(opener.open, self.sent) if isinstance(each, AskInstrument)]
        self.sent = []
        return asked

    def knows(self) -> InstrumentState:
        """Return the answer to the instrument that was asked for last."""
        asked = self.asked_last()
        return InstrumentState(id=asked.id, account=asked.account, symbol=asked.symbol, instrument=BTC)


@pytest.fixture
def wire() -> Wire:
    """Give a link that has just begun."""
    return Wire()


def test_a_broker_is_believed_and_only_with_its_own_key(wire: Wire) -> None:
    forged = wire.life(PAPER, key=b"x" * 32)
    anothers = wire.life(PAPER, key=derive_key(MASTER, OTHER))

    assert wire.hears(wire.state())
    assert not wire.hears(wire.state(), forged)
    assert not wire.hears(wire.state(), anothers)
    assert wire.link.refused == 2


def test_one_of_our_own_brokers_at_which_nobody_has_an_account_is_no_intruder(wire: Wire) -> None:
    other = wire.life("broker-ibkr")
    stranger = wire.life("broker-nobody")

    assert not wire.hears(wire.state(), other)
    assert wire.link.refused == 0
    assert not wire.hears(wire.state(), stranger)
    assert wire.link.refused == 1


def test_what_a_venue_said_of_an_instrument_is_known_under_whatever_symbol_it_was_asked(wire: Wire) -> None:
    before = wire.link.said_of(HERE, BTC)
    wire.link.instrument(HERE, "BTCUSDT", exchange="BINGX")
    wire.sent = wire.sent[-1:]
    wire.hears(wire.knows())
    found = wire.link.said_of(HERE, BTC)
    wire.time.move_on(INSTRUMENT_LIVES.total_seconds() + 1)

    assert before is None
    assert found is not None
    assert found.symbol == "BTCUSDT"
    assert wire.link.said_of(HERE, BTC) is None


def test_what_was_changed_on_its_way_is_refused(wire: Wire) -> None:
    envelope = wire.signer.sign(wire.state(is_connected=False))
    content = msgspec.msgpack.Encoder().encode(wire.state())
    changed = [
        msgspec.structs.replace(envelope, content=content),
        msgspec.structs.replace(envelope, sequence=7),
        msgspec.structs.replace(envelope, expires_at=envelope.expires_at + timedelta(seconds=1)),
        msgspec.structs.replace(envelope, to=OTHER),
    ]

    assert [wire.link.open(each) for each in changed] == [None] * len(changed)
    assert wire.link.open(envelope) is not None


def test_what_is_said_again_is_taken_once(wire: Wire) -> None:
    envelope = wire.signer.sign(wire.quote())
    first, again = wire.link.open(envelope), wire.link.open(envelope)

    assert first == (PAPER, wire.quote())
    assert again is None


def test_what_is_older_than_what_was_heard_or_has_expired_is_refused(wire: Wire) -> None:
    early, late = wire.signer.sign(wire.quote("1")), wire.signer.sign(wire.quote("2"))
    expired = wire.signer.sign(wire.quote("3"))

    assert wire.link.open(late) is not None
    assert wire.link.open(early) is None
    wire.time.move_on(LIFE.total_seconds() + 1)
    assert wire.link.open(expired) is None


def test_a_life_that_was_followed_by_another_is_over(wire: Wire) -> None:
    wire.hears(wire.state())
    wire.time.move_on(1)
    second = wire.life(PAPER)
    wire.hears(wire.state("2"), second)

    assert not wire.hears(wire.state("1"))


def test_nobody_unknown_is_heard_and_no_order_comes_from_a_broker(wire: Wire) -> None:
    unknown = wire.life(OTHER)
    order = LookUpOrder(account=HERE.account, client_order_id="a", broker_order_id=None, instrument=BTC, placed_at=NOW)

    assert not wire.hears(wire.state(), unknown)
    assert not wire.hears(order)
    assert not isinstance(order, ANSWERS)


def test_what_is_said_to_one_broker_no_other_one_can_open(wire: Wire) -> None:
    wire.link.say(PAPER, AskQuote(account=HERE.account, instrument=BTC))
    [envelope] = wire.sent
    mine: Opener[Said] = Opener(
        derive_key(MASTER, PAPER), sender="execution", to=PAPER, kinds=Order.__args__, time=wire.time
    )
    others: Opener[Said] = Opener(
        derive_key(MASTER, OTHER), sender="execution", to=PAPER, kinds=Order.__args__, time=wire.time
    )

    with pytest.raises(ValueError, match="signature is wrong"):
        others.open(envelope)
    assert mine.open(envelope) == AskQuote(account=HERE.account, instrument=BTC)


def test_a_broker_is_connected_while_it_says_so_and_is_heard(wire: Wire) -> None:
    before = wire.link.is_connected(HERE), wire.link.health()[0].state
    wire.hears(wire.state())
    connected = wire.link.is_connected(HERE), wire.link.health()[0].state
    wire.hears(wire.state(is_connected=False))
    lost = wire.link.is_connected(HERE), wire.link.health()[0].state
    wire.hears(wire.state())
    wire.time.move_on(SILENT_AFTER_S + 1)
    silent = wire.link.is_connected(HERE), wire.link.health()[0].state

    assert (before, connected) == ((False, "silent"), (True, "connected"))
    assert (lost, silent) == ((False, "lost"), (False, "silent"))


def test_a_forged_envelope_does_not_make_a_silent_broker_heard(wire: Wire) -> None:
    wire.hears(wire.state())
    wire.time.move_on(SILENT_AFTER_S + 1)
    wire.hears(wire.state(), wire.life(PAPER, key=b"x" * 32))

    assert not wire.link.is_connected(HERE)


def test_a_quote_is_asked_for_once_a_second_until_it_is_there(wire: Wire) -> None:
    missing = [wire.link.quote(HERE, BTC) for _ in range(3)]
    at_once = wire.asked()
    wire.time.move_on(ASK_AGAIN_S)
    wire.link.quote(HERE, BTC)
    a_second_later = wire.asked()
    wire.hears(wire.quote())

    assert missing == [None] * 3
    assert (at_once, a_second_later) == (1, 1)
    assert wire.link.quote(HERE, BTC) == wire.quote()
    assert wire.asked() == 0


def test_a_quote_is_asked_for_anew_before_it_is_too_old_and_then_worth_nothing(wire: Wire) -> None:
    told = wire.quote()
    wire.hears(told)
    wire.time.move_on(QUOTE_LIVES.total_seconds() / 2 + 1)
    aging, asked = wire.link.quote(HERE, BTC), wire.asked()
    wire.time.move_on(QUOTE_LIVES.total_seconds() / 2)

    assert (aging, asked) == (told, 1)
    assert wire.link.quote(HERE, BTC) is None


def test_a_quote_from_the_future_is_none(wire: Wire) -> None:
    wire.hears(wire.quote())
    wire.time.step(-QUOTE_LIVES - timedelta(seconds=1))

    assert wire.link.quote(HERE, BTC) is None


def test_an_account_does_not_see_anothers_quotes(wire: Wire) -> None:
    wire.hears(wire.quote(account="another account"))

    assert wire.link.quote(HERE, BTC) is None


def test_an_instrument_is_known_for_an_hour(wire: Wire) -> None:
    before = wire.link.instrument(HERE, "BTCUSDT", exchange="BINGX")
    wire.hears(wire.knows())
    known, elsewhere = wire.link.instrument(HERE, "BTCUSDT", exchange="BINGX"), wire.link.instrument(HERE, "BTCUSDT")
    wire.time.move_on(INSTRUMENT_LIVES.total_seconds() + 1)
    later = wire.link.instrument(HERE, "BTCUSDT", exchange="BINGX")

    assert (before, elsewhere, later) == (None, None, None)
    assert known is not None
    assert known.instrument == BTC


def test_what_is_known_of_one_kind_is_not_known_of_another(wire: Wire) -> None:
    wire.link.instrument(HERE, "BTCUSDT")
    wire.hears(wire.knows())
    as_future = wire.link.instrument(HERE, "BTCUSDT", kind="FUTURE")
    asked = wire.asked_last()

    assert as_future is None
    assert (asked.symbol, asked.asset_type) == ("BTCUSDT", "FUTURE")
    assert wire.link.instrument(HERE, "BTCUSDT") is not None


def test_a_broker_that_has_started_anew_is_asked_again_at_once(wire: Wire) -> None:
    wire.hears(wire.state("1"))
    wire.link.quote(HERE, BTC)
    wire.asked()
    wire.hears(wire.state("1"))
    wire.link.quote(HERE, BTC)
    same_life = wire.asked()
    wire.hears(wire.state("2"))
    wire.link.quote(HERE, BTC)

    assert (same_life, wire.asked()) == (0, 1)
    assert wire.link.state_of(PAPER) == wire.state("2")


def test_a_brokers_program_has_its_code_in_its_name() -> None:
    assert default_program("PAPER") == PAPER


def test_a_broker_that_has_margin_is_told_to_have_it_also_while_it_is_silent(wire: Wire) -> None:
    wire.hears(msgspec.structs.replace(wire.state(), has_margin=True))
    [heard] = wire.link.health()
    wire.time.move_on(SILENT_AFTER_S + 1)
    [silent] = wire.link.health()

    assert (heard.state, heard.has_margin) == ("connected", True)
    assert (silent.state, silent.has_margin) == ("silent", True)
