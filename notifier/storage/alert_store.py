"""Alerts on their way into the outbox: worded in the chats' language, each once."""

from bus.language import Language
from bus.messages.delivery import Alert
from notifier.storage.chats import Chats
from notifier.storage.outbox import Outbox
from notifier.storage.recent import Recent
from notifier.texts.alerts import text_of
from notifier.texts.line_wrap import fitted_plain


class AlertStore:
    """Takes in what the owner must know, however often it is said."""

    def __init__(self, outbox: Outbox, chats: Chats, *, language: Language) -> None:
        """Hold nothing; what is in the outbox is known to the outbox.

        Args:
            outbox: Takes the worded alerts.
            chats: Who is told.
            language: The language in which the alerts are stored.
        """
        self._outbox = outbox
        self._chats = chats
        self._language: Language = language
        self._known: Recent[str] = Recent()

    def add(self, alert: Alert, *, but: str = "") -> None:
        """Put an alert into every chat's outbox but one's, once.

        Args:
            alert: What the owner must know.
            but: The chat that is left out; empty for none.
        """
        if alert.id in self._known:
            return
        self._known.note(alert.id)
        text = fitted_plain(text_of(alert, self._language))
        chats = [chat_id for chat_id in self._chats.present_ids() if chat_id != but]
        self._outbox.add_alert(alert.id, text, chats=chats, now=alert.raised_at)
