"""One broker as execution knows it: the keys that the two share, and what the broker last said of itself.

Executions on several machines speak under names of their own, and all of them hear what a broker says to `execution`.
"""

from bus.machine import own_name
from bus.messages.venue_accounts import AccountState
from bus.messages.venue_talk import Answer
from bus.messages.venues import BrokerState, InstrumentState, MarginState, OrderEvent, Quote, Signed
from bus.signing import Opener, Signer, derive_key
from bus.time_source import TimeSource
from execution.venues import rule_at

NAME = "execution"
ANSWERS: tuple[type[Answer], ...] = (OrderEvent, AccountState, Quote, InstrumentState, BrokerState, MarginState)


class Peer:
    """One broker: how to speak to it, and what it says of itself.

    Attributes:
        is_numbered: Whether every account at its venue has a number.
        signer: Makes envelopes to it.
        state: What it last said of itself; None while its present life has said nothing.
        boot: The life that last said how it is, as it names itself.
        heard_s: When it was last heard, of the monotonic clock.
    """

    def __init__(self, name: str, master_key: bytes, time: TimeSource) -> None:
        """Know nothing of it yet.

        Args:
            name: Its program.
            master_key: What its key is derived from.
            time: The clocks.
        """
        self.name = name
        self.is_numbered = rule_at(name).has_numbers
        key = derive_key(master_key, name)
        self.signer = Signer(key, sender=own_name(NAME), to=name, time=time)
        self.state: BrokerState | None = None
        self.boot = ""
        self.heard_s = 0.0
        self._opener: Opener[Answer] = Opener(key, sender=name, to=NAME, kinds=ANSWERS, time=time)
        self._time = time
        self._life = ""

    def open(self, envelope: Signed) -> Answer:
        """Return what an envelope says; what an earlier life of the broker said of itself counts no more then.

        Args:
            envelope: As it came from the bus.

        Raises:
            NotSigned: It is not to be obeyed.
        """
        content = self._opener.open(envelope)
        self.heard_s = self._time.monotonic()
        if self._life != envelope.boot:
            self.state, self._life = None, envelope.boot
        return content
