"""Execution's side of what is said to the brokers: envelopes out, answers in, and the freshest that each has said.

An account is spoken of with a broker that has proven to serve that very one, and with no other: until the broker has
said which number its venue's account has, one with a number is not spoken of at all, in either direction. What is not
known is asked for, at most once a second, until the broker answers. What an earlier life of it said counts no more.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from bus.broker_names import code_of, name_of
from bus.connection import Bus
from bus.log import logger
from bus.messages.trading import BrokerHealth
from bus.messages.venue_talk import Answer, Order
from bus.messages.venues import (
    AskInstrument,
    AskQuote,
    AssetType,
    BrokerState,
    InstrumentState,
    MarginState,
    Quote,
    Said,
    Signed,
    Traded,
)
from bus.signing import NotSigned
from bus.time_source import SYSTEM_TIME, TimeSource
from execution.bounded import bound
from execution.margin_talk import MarginTalk
from execution.proofs import Proofs
from execution.venue_peer import Peer
from execution.venues import RULES, Place
from ledger.trading.people.accounts import Account

ASK_AGAIN_S = 1.0
SILENT_AFTER_S = 10.0
QUOTE_LIVES = timedelta(seconds=5)
ASKS_AFTER = QUOTE_LIVES / 2
"""A quote that is older is asked for anew, though it is still one."""
INSTRUMENT_LIVES = timedelta(hours=1)
SEPARATOR = "\x1f"
"""Between the parts of an id; no symbol has it."""

log = logger(__name__)


class VenueLink:
    """All brokers, as execution knows them; the lists grow as accounts are asked for.

    Attributes:
        refused: How many envelopes were not to be obeyed, forged, replayed, expired; `refused_because` is why the last.
        margins: What is said of margin mode and leverage.
    """

    def __init__(self, bus: Bus, master_key: bytes, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Speak to nobody yet.

        Args:
            bus: Execution's place on the bus; it listens to `Signed` messages to `execution`.
            master_key: What each broker's key is derived from.
            time: Says how old an answer is.
        """
        self.refused, self.refused_because = 0, ""
        self.margins = MarginTalk(self.say, time)
        self._bus = bus
        self._master_key = master_key
        self._time = time
        self._peers: dict[str, Peer] = {}
        self._proofs = Proofs()
        self._quotes: dict[tuple[str, str, Traded], Quote] = {}
        self._instruments: dict[tuple[str, str], tuple[datetime, InstrumentState]] = {}
        self._asked_s: dict[object, float] = {}

    def serve(self, brokers: Iterable[str]) -> None:
        """Know these brokers from now on too.

        Args:
            brokers: Their programs.
        """
        for name in brokers:
            if name not in self._peers:
                self._peers[name] = Peer(name, self._master_key, self._time)

    def know(self, accounts: Iterable[Account], *, gone: Iterable[str] = ()) -> None:
        """Know these accounts from now on too, and their brokers.

        Args:
            accounts: The accounts, whoever has them.
            gone: The uids of those that are to be known no more, and of programs that served one of them alone.
        """
        for each in accounts:
            self._proofs.know(each.served_by, each)
            self.serve((each.served_by,))
        for name in filter(name_of, self._proofs.forget(gone)):
            self._peers.pop(name, None)

    def say(self, broker: str, content: Order) -> bool:
        """Say something to a broker; it may be lost.

        Args:
            broker: Its program.
            content: What is said.

        Returns:
            Whether it was said: not where the broker has not proven to serve the account that it is about.
        """
        self.serve((broker,))
        peer = self._peers[broker]
        if not self._may_speak(peer, content.account):
            return False
        self._bus.publish(peer.signer.sign(content))
        return True

    def open(self, envelope: Signed) -> tuple[str, Answer] | None:
        """Take in an envelope.

        Args:
            envelope: As it came from the bus.

        Returns:
            The broker and what it says; None where it is not to be obeyed.
        """
        peer = self._peers.get(envelope.sender)
        if peer is None:
            if code_of(envelope.sender) not in RULES:  # ours without an account is no intruder
                self._refuse(envelope, "it is of no broker that is known")
            return None
        try:
            content = peer.open(envelope)
        except NotSigned as error:
            self._refuse(envelope, str(error))
            return None
        if not isinstance(content, BrokerState) and not self._may_speak(peer, content.account):
            log.warning("answer of another account left out", broker=peer.name, kind=type(content).__name__)
            return None
        self._keep(peer, content)
        return envelope.sender, content

    def _refuse(self, envelope: Signed, because: str) -> None:
        """Count an envelope that is not to be obeyed."""
        self.refused, self.refused_because = self.refused + 1, because
        if self.refused.bit_count() == 1:  # a flood must not become a flood of lines
            log.warning("envelope refused", sender=envelope.sender, because=because, so_far=self.refused)

    def is_connected(self, place: Place) -> bool:
        """Tell whether a broker lives, has its venue, and serves this account there.

        Args:
            place: The broker, and the account that is meant.
        """
        return self.has_venue(place.broker) and self._may_speak(self._peers[place.broker], place.account)

    def has_venue(self, broker: str) -> bool:
        """Tell whether a broker lives and has its venue, whatever account it serves there."""
        peer = self._peers.get(broker)
        return peer is not None and peer.state is not None and peer.state.is_connected and not self._is_silent(peer)

    def serves_another(self, place: Place) -> BrokerState | None:
        """Return what a broker has proven that serves another account than this one; None where it does not.

        Args:
            place: The broker, and the account that is meant.
        """
        state = self.state_of(place.broker)
        return state if self._proofs.is_proven(state, place.account) is False else None

    def state_of(self, broker: str) -> BrokerState | None:
        """Return what a broker last said of itself, None where it has said nothing."""
        peer = self._peers.get(broker)
        return None if peer is None else peer.state

    def boot_of(self, broker: str) -> str:
        """Return which life of a broker was heard last, empty where none was."""
        return "" if (state := self.state_of(broker)) is None else state.boot

    def quote(self, place: Place, instrument: Traded) -> Quote | None:
        """Return what an instrument costs now, and ask where that is not known.

        Args:
            place: Where.
            instrument: As the venue names it.

        Returns:
            A quote of the last few seconds; None where there is none (yet).
        """
        found = self._quotes.get((place.broker, place.account, instrument))
        now = self._time.now()
        if found is None or now - found.as_of > ASKS_AFTER:
            asked = AskQuote(account=place.account, instrument=instrument)
            self._ask(place, ("quote", place.account, instrument), asked)
        return found if found is not None and abs(now - found.as_of) <= QUOTE_LIVES else None

    def price(self, place: Place, instrument: Traded) -> Decimal | None:
        """Return what an instrument surely costs now, and ask where that is not known.

        Args:
            place: Where.
            instrument: As the venue names it.

        Returns:
            The last price of a quote that is not delayed; None where there is none (yet).
        """
        found = self.quote(place, instrument)
        return None if found is None or found.is_delayed else found.last

    def last_quote(self, place: Place, instrument: Traded) -> Quote | None:
        """Return what an instrument last cost, however long ago; nobody is asked.

        Args:
            place: Where.
            instrument: As the venue names it.
        """
        return self._quotes.get((place.broker, place.account, instrument))

    def instruments(self) -> Iterator[tuple[str, InstrumentState]]:
        """Yield what venues have said of instruments, however long ago, with the broker's program."""
        for (broker, _), (_, said) in self._instruments.items():
            yield broker, said

    def instrument(
        self, place: Place, symbol: str, *, exchange: str | None = None, kind: AssetType | None = None
    ) -> InstrumentState | None:
        """Return what the venue knows under a symbol, and ask where that is not known.

        Args:
            place: Where.
            symbol: As the signal, or the venue, writes it.
            exchange: As the signal has it.
            kind: Which kind is meant where a symbol stands for several; None: what the symbol says.

        Returns:
            The answer of the last hour; None where there is none (yet).
        """
        ident = SEPARATOR.join((place.account, symbol, exchange or "", kind or ""))
        key = (place.broker, ident)
        found = self._instruments.get(key)
        if found is not None and self._time.now() - found[0] <= INSTRUMENT_LIVES:
            return found[1]
        asked = AskInstrument(id=ident, account=place.account, symbol=symbol, exchange=exchange, asset_type=kind)
        self._ask(place, ("instrument", *key), asked)
        return None

    def said_of(
        self, place: Place, instrument: Traded, *, symbol: str = "", exchange: str | None = None
    ) -> InstrumentState | None:
        """Return what the venue knows of an instrument, under whatever symbol it was asked; ask where it is not known.

        Args:
            place: Where.
            instrument: As the venue names it.
            symbol: Under which symbol it is asked for; empty for its own, which may be that of another kind, too.
            exchange: As the signal has it, beside its symbol.

        Returns:
            The answer of the last hour; None where there is none (yet).
        """
        since, wanted = self._time.now() - INSTRUMENT_LIVES, (place.broker, place.account, instrument)
        for (broker, _), (at, said) in self._instruments.items():
            if at >= since and (broker, said.account, said.instrument) == wanted:
                return said
        named, where = (symbol, exchange) if symbol else (instrument.symbol, instrument.exchange)
        return self.instrument(place, named, exchange=where, kind=instrument.asset_type)

    def health(self) -> tuple[BrokerHealth, ...]:
        """Return how each broker is, but those that are only heard in case they prove an account."""
        peers = [(name, each) for name, each in sorted(self._peers.items()) if self._proofs.is_told(name)]
        return tuple(self._proofs.health(name, each.state, is_silent=self._is_silent(each)) for name, each in peers)

    def _may_speak(self, peer: Peer, account: str) -> bool:
        """Tell whether an account may be spoken of with a broker."""
        return self._proofs.may_speak(peer.state, account, broker=peer.name, is_numbered=peer.is_numbered)

    def _is_silent(self, peer: Peer) -> bool:
        """Tell whether a broker has not been heard for long."""
        return self._time.monotonic() - peer.heard_s > SILENT_AFTER_S

    def _keep(self, peer: Peer, content: Said) -> None:
        """Keep the freshest of what is asked for again and again."""
        if isinstance(content, BrokerState):
            if peer.boot not in {"", content.boot}:
                self._asked_s.clear()  # what it was asked before, it may have forgotten
            peer.state, peer.boot = content, content.boot
        elif isinstance(content, Quote):
            bound(self._quotes)
            self._quotes[peer.name, content.account, content.instrument] = content
        elif isinstance(content, InstrumentState):
            bound(self._instruments)
            self._instruments[peer.name, content.id] = (self._time.now(), content)
        elif isinstance(content, MarginState):
            self.margins.keep(peer.name, content)

    def _ask(self, place: Place, what: object, question: Order) -> None:
        """Ask something, unless it was asked within the last second."""
        is_due = (now_s := self._time.monotonic()) - self._asked_s.get(what, -ASK_AGAIN_S) >= ASK_AGAIN_S
        if is_due and self.say(place.broker, question):
            bound(self._asked_s)
            self._asked_s[what] = now_s
