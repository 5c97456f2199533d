"""What brokers have proven: which account at its venue each of them serves, and how each is for whoever looks.

An account with a number is served by the broker that has said that very number, and that it is live or paper as the
account is. A broker without a number has many accounts, and serves all of its kind. Whatever a broker has proven, an
account that another program serves is not spoken of with it.
"""

from collections.abc import Iterable
from typing import Final

from bus.messages.trading import BrokerHealth
from bus.messages.venues import BrokerState
from execution.venues import AWAITED
from ledger.trading.people.accounts import Account

NEEDS_A_PERSON: Final = frozenset(
    {
        *("client_id_taken", "read_only", "wrong_account", "old_version"),
        *("key_refused", "key_rights", "other_account"),
    }
)
"""Codes of brokers whose venue is there, and does not let them in as they are."""
NOT_SERVED: Final = "not_served"
"""The code of a broker that serves an account which is none of those here."""


class Proofs:
    """The accounts that there are, and whether what a broker says of itself is a proof of one."""

    def __init__(self) -> None:
        """Know no account."""
        self._accounts: dict[str, Account] = {}
        self._program: dict[str, str] = {}
        self._at: dict[str, set[str]] = {}

    def know(self, broker: str, account: Account) -> None:
        """Know an account from now on.

        Args:
            broker: The program that is to serve it.
            account: The account.
        """
        self._accounts[account.uid], self._program[account.uid] = account, broker
        self._at.setdefault(broker, set()).add(account.uid)

    def forget(self, accounts: Iterable[str]) -> tuple[str, ...]:
        """Know accounts no more.

        Args:
            accounts: Their uids.

        Returns:
            The programs that now serve none.
        """
        served = {broker for uid in accounts if (broker := self._drop(uid))}
        return tuple(sorted(broker for broker in served if not self._at[broker]))

    def is_told(self, broker: str) -> bool:
        """Tell whether it matters how a broker is: not where it may yet prove an account, and nobody has one there.

        Args:
            broker: Its program.
        """
        return bool(self._at.get(broker)) or broker not in AWAITED

    def is_proven(self, state: BrokerState | None, account: str) -> bool | None:
        """Tell whether a broker serves an account.

        Args:
            state: What the broker last said of itself; None where it has said nothing.
            account: The account's uid.

        Returns:
            Whether it does; None where it has proven nothing (yet).
        """
        if state is None or not (state.number or state.is_connected):
            return None
        known = self._accounts.get(account)
        number, is_live = (None, None) if known is None else (known.account_uid, known.is_live)
        return state.number in {"", number} and state.proven_live in {None, is_live}

    def may_speak(self, state: BrokerState | None, account: str, *, broker: str, is_numbered: bool) -> bool:
        """Tell whether an account may be spoken of with a broker.

        Args:
            state: What the broker last said of itself; None where it has said nothing.
            account: The account's uid.
            broker: The broker's program.
            is_numbered: Whether the broker's accounts all have numbers.

        Returns:
            Whether it may; an account without a number needs no proof at first.
        """
        if self._program.get(account, broker) != broker:
            return False
        is_proven = self.is_proven(state, account)
        if is_proven is not None:
            return is_proven
        known = self._accounts.get(account)
        return not (is_numbered or (known is not None and known.account_uid is not None))

    def health(self, broker: str, state: BrokerState | None, *, is_silent: bool) -> BrokerHealth:
        """Return how a broker is.

        Args:
            broker: Its program.
            state: What it last said of itself; None where it has said nothing.
            is_silent: Whether it was not heard for long.
        """
        if state is None or is_silent:
            if state is None:
                return BrokerHealth(name=broker, state="silent")
            return BrokerHealth(name=broker, state="silent", since=state.since, has_margin=state.has_margin)
        word, reason, code = "connected", state.reason, state.code
        if not state.is_connected:
            word = "connecting" if code == "connecting" else "refused" if code in NEEDS_A_PERSON else "lost"
        elif self._serves_nobody(broker, state):
            word, code = "refused", NOT_SERVED
            reason = f"it serves the account {state.number}, which is none of those here"
        return BrokerHealth(
            name=broker,
            state=word,
            since=state.since,
            reason=reason,
            code=code,
            attempts=state.attempts,
            number=state.number,
            has_margin=state.has_margin,
        )

    def _drop(self, account: str) -> str:
        """Know an account no more; return which program was to serve it, empty where none was known."""
        self._accounts.pop(account, None)
        broker = self._program.pop(account, "")
        self._at.get(broker, set()).discard(account)
        return broker

    def _serves_nobody(self, broker: str, state: BrokerState) -> bool:
        """Tell whether a broker has proven to serve none of the accounts that it is to serve."""
        mine = self._at.get(broker, ())
        return bool(mine) and all(self.is_proven(state, uid) is False for uid in mine)
