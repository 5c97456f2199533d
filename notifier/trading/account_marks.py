"""What stands beside an account that does not trade as it is: it is live and locked, or its broker serves another."""

import html
from collections.abc import Sequence

import msgspec

from bus.language import Language
from bus.messages.trading import BrokerHealth
from ledger.trading.people.accounts import Account
from notifier.texts.trading_lock import WORDS
from notifier.trading.heard import Heard


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """What execution says of live accounts and of the brokers, in the language of who asks.

    Attributes:
        lock: Why live accounts open nothing, as execution calls it; empty where they may, or nobody knows.
        health: How the brokers are; None while execution does not answer.
    """

    language: Language
    lock: str = ""
    health: Sequence[BrokerHealth] | None = None

    def kind(self, kind: str, *, is_live: bool) -> str:
        """Return the kind of an account, and whether it is locked.

        Args:
            kind: How its kind is called.
            is_live: Whether its money is real.
        """
        return f"{kind} · {WORDS[self.language].locked}" if is_live and self.lock else kind

    def locked(self, *, is_live: bool) -> list[str]:
        """Return the line that says why an account is locked; none where it is not.

        Args:
            is_live: Whether its money is real.
        """
        if not is_live or not self.lock:
            return []
        words = WORDS[self.language]
        reason = words.reasons[self.lock] if self.lock in words.reasons else html.escape(self.lock, quote=False)
        return [words.because.format(reason=reason)]

    def of(self, account: Account) -> list[str]:
        """Return the lines that stand under an account.

        Args:
            account: The account.
        """
        lines = self.locked(is_live=account.is_live)
        served = next((each.number for each in self.health or () if each.name == account.served_by), "")
        if served and served != account.account_uid:
            lines.append(WORDS[self.language].not_served.format(number=html.escape(served, quote=False)))
        return lines


def marks_now(heard: Heard, language: Language) -> Marks:
    """Return what execution says of live accounts and of the brokers now.

    Args:
        heard: What it has said.
        language: Of who asks.
    """
    state = heard.now
    return (
        Marks(language=language)
        if state is None
        else Marks(language=language, lock=state.live_lock, health=state.brokers)
    )


def tries(health: BrokerHealth, language: Language) -> list[str]:
    """Return the line that says how often a broker has tried to connect; none where it has not failed.

    Args:
        health: How the broker is.
        language: Of who asks.
    """
    return [WORDS[language].tries.format(count=health.attempts)] if health.attempts else []
