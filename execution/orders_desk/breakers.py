"""The circuit breakers of all accounts, and what is told of them."""

from collections.abc import Collection

import msgspec

from bus.messages.venues import OrderEvent
from bus.time_source import TimeSource
from execution.orders_desk.books import Books
from execution.orders_desk.breaker import MOST_FAILURES, Breaker
from execution.texts.order_words import words_of
from ledger.trading.errors import NotFound
from ledger.trading.events import Notice, tell
from ledger.trading.people.account_owner import account_owner
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work


class _Turned(msgspec.Struct, frozen=True, kw_only=True):
    """That a breaker has opened or closed; not told yet."""

    account: str
    is_open: bool
    seconds: int
    reason: str


class Breakers:
    """One breaker for each account that was heard of."""

    def __init__(self, time: TimeSource) -> None:
        """Know no account.

        Args:
            time: The clocks.
        """
        self._time = time
        self._breakers: dict[str, Breaker] = {}
        self._turned: list[_Turned] = []

    def is_open(self, account: str) -> bool:
        """Tell whether an account's openings are held back.

        Args:
            account: The account's uid.
        """
        found = self._breakers.get(account)
        return found is not None and found.is_open

    def note(self, event: OrderEvent) -> None:
        """Count a venue's word on an order.

        Args:
            event: The word.
        """
        breaker = self._breakers.setdefault(event.account, Breaker(self._time))
        if breaker.note(event):
            self._note_turn(event.account, breaker)

    def read_succeeded(self, account: str) -> None:
        """Note that a venue has answered a read whole.

        Args:
            account: The account's uid.
        """
        breaker = self._breakers.get(account)
        if breaker is not None and breaker.read_succeeded():
            self._note_turn(account, breaker)

    def reconnected(self, account: str) -> None:
        """Note that an account's venue has come back: the next read that succeeds closes its breaker.

        Args:
            account: The account's uid.
        """
        if account in self._breakers:
            self._breakers[account].hurry()

    def drop(self, accounts: Collection[str]) -> None:
        """Know nothing of some accounts any more.

        Args:
            accounts: Their uids.
        """
        for account in accounts:
            self._breakers.pop(account, None)
        self._turned = [each for each in self._turned if each.account not in accounts]

    def trials(self) -> tuple[str, ...]:
        """Return the accounts that should be read, to see whether their venue answers again."""
        return tuple(account for account, breaker in self._breakers.items() if breaker.wants_trial())

    def tell_news(self, books: Books) -> None:
        """Tell what has opened and closed, each once; nothing is written where nothing has.

        Args:
            books: What this is written with.

        Raises:
            LedgerUnavailable: It cannot be told now; call again.
        """
        if self._turned:
            with books.writing() as work:
                self._tell(work)
            self._turned.clear()

    def _tell(self, work: Work) -> None:
        """Tell what has opened and closed."""
        for each in self._turned:
            try:
                owner = account_owner(SYSTEM, work.connection, each.account)
            except NotFound:  # a venue speaks of an account that is none
                continue
            words = words_of(owner.language)
            template = words.breaker_open if each.is_open else words.breaker_closed
            text = template.format(
                broker=f"{owner.broker} ({owner.name})",
                failures=MOST_FAILURES,
                reason=each.reason,
                seconds=each.seconds,
            )
            name = f"breaker-{each.account}-{'open' if each.is_open else 'closed'}-{work.now.isoformat()}"
            tell(work, owner.user, Notice(id=name, kind="venue", text=text))

    def _note_turn(self, account: str, breaker: Breaker) -> None:
        """Keep what is to be told."""
        self._turned.append(
            _Turned(account=account, is_open=breaker.is_open, seconds=int(breaker.hold_s), reason=breaker.reason)
        )
