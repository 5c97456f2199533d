"""What the notifier remembers, put together: each thing in the ledger, or in memory while the ledger cannot be used."""

from bus.alert_texts import alert_text
from bus.alerts import raised
from bus.language import Language
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.store import Ledger
from notifier.storage.alert_store import AlertStore
from notifier.storage.careful_ledger import CarefulLedger
from notifier.storage.chats import Chats
from notifier.storage.outbox import Outbox
from notifier.storage.pause_flag import PauseFlag
from notifier.storage.request_store import RequestStore


class Stores:
    """All stores over one ledger; nothing in them raises LedgerUnavailable.

    Attributes:
        ledger: The ledger itself, which may be out of use.
        chats: Which chats are configured, and where they are now.
        requests: Who asked for a snapshot, and which message is to become the answer.
        outbox: The messages that are to be sent.
        alerts: The alerts on their way into the outbox.
        pause: Whether the owner has paused the schedule.
    """

    def __init__(
        self, ledger: Ledger, chats: tuple[str, ...], *, language: Language = "en", time: TimeSource = SYSTEM_TIME
    ) -> None:
        """Look at the ledger when first asked.

        Args:
            ledger: The ledger.
            chats: Those of TELEGRAM_CHAT_ID.
            language: The language in which alerts are stored.
            time: Says when messages come and when they are sent.
        """
        self._time = time
        self.ledger = CarefulLedger(ledger)
        self.chats = Chats(self.ledger, chats)
        self.requests = RequestStore(self.ledger, self.chats)
        self.outbox = Outbox(self.ledger, self.chats, self.requests, time=time)
        self.alerts = AlertStore(self.outbox, self.chats, language=language)
        self.pause = PauseFlag(self.ledger)

    def move_chat(self, old: str, new: str) -> None:
        """Follow a group that became a supergroup, with all that waits for it, and tell the owner.

        Args:
            old: The group's number until now.
            new: Its number from now on.
        """
        if self.chats.move(old, new):
            moved = alert_text("chat_moved", old=old, new=new)
            self.alerts.add(raised(f"chat-{old}-{new}", moved, self._time.now()))
