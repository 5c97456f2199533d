"""Which chats are configured, and under which number each of them is found now.

A group that becomes a supergroup gets another number. `.env` keeps the old one until the owner changes it, the ledger
remembers the new one, and so does this file while the ledger cannot be used.
"""

from bus.chats import bare, moved_to
from bus.log import logger
from ledger.portfolio import moved
from notifier.storage.careful_ledger import CarefulLedger

log = logger(__name__)


class Chats:
    """The configured chats, and the groups among them that have moved."""

    def __init__(self, ledger: CarefulLedger, configured: tuple[str, ...]) -> None:
        """Read from the ledger when first asked who has moved.

        Args:
            ledger: The ledger, which may be out of use.
            configured: The chats of TELEGRAM_CHAT_ID.
        """
        self._ledger = ledger
        self._configured = configured
        self._moves_read: dict[str, str] | None = None
        self._moves_seen: dict[str, str] = {}

    def allows(self, chat_id: str) -> bool:
        """Tell whether a chat is a configured one, whatever the topic, under its old number or its new one."""
        configured = {bare(each) for each in self._configured}
        return bare(chat_id) in configured | {self.present_id(each) for each in configured}

    def present_id(self, chat_id: str) -> str:
        """Return a chat's id of today, which is another one where its group has moved."""
        return moved_to(chat_id, self._moves())

    def present_ids(self) -> tuple[str, ...]:
        """Return the configured chats under their ids of today, in the order of `.env`, each once."""
        return tuple(dict.fromkeys(map(self.present_id, self._configured)))

    def move(self, old: str, new: str) -> bool:
        """Follow a group that became a supergroup, in the ledger with all that waits for it there.

        Args:
            old: The group's number until now.
            new: Its number from now on.

        Returns:
            Whether this was not known yet.
        """
        known = self._moves()
        is_new = known.get(old) != new
        if is_new:
            log.warning("chat moved", old=old, new=new)
        self._moves_seen = {each: moved_to(now, {old: new}) for each, now in known.items()} | {old: new}
        self._ledger.keep(lambda ledger: moved.move_chat(ledger, old, new))
        return is_new

    def _moves(self) -> dict[str, str]:
        """Return new numbers by those that `.env` may still have."""
        if self._moves_read is None:
            self._moves_read = self._ledger.ask(moved.read_moved_chats)
        return (self._moves_read or {}) | self._moves_seen
