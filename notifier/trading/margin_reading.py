"""What `/margin` and `/status` tell of margin and leverage, from the books and from what execution says."""

import msgspec
from sqlalchemy import Connection

from bus.messages.trading import MarginRules
from ledger.trading.books.positions import list_positions
from ledger.trading.flow import margins
from ledger.trading.flow.margins import Margin, MarginSetting
from ledger.trading.people.accounts import Account, get_account
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.principal import Principal
from ledger.trading.risk.policies import limits_for
from notifier.trading.desk import place
from notifier.trading.heard import Heard
from notifier.trading.margin_grammar import perpetual


class MarginReport(msgspec.Struct, frozen=True, kw_only=True):
    """How the account of a portfolio is margined.

    Attributes:
        has_margin: Whether margin and leverage can be set at its venue; None while nobody knows.
        is_silent: Whether execution does not answer now.
        settings: What was chosen, first for all symbols, then by symbol.
        rules: What execution's settings say; None where it was never heard.
        cap: The portfolio's own limit of leverage; None where there is none.
        symbols: Those that are held or were chosen for, as signals write them.
    """

    portfolio: Portfolio
    account: Account
    has_margin: bool | None
    is_silent: bool
    settings: tuple[MarginSetting, ...]
    rules: MarginRules | None
    cap: int | None
    symbols: tuple[str, ...]

    @property
    def most(self) -> int:
        """The most leverage that may be set, as far as is known; the venue may allow less."""
        of_settings = margins.MOST if self.rules is None else self.rules.most_leverage
        return of_settings if self.cap is None else min(self.cap, of_settings)

    @property
    def is_capped(self) -> bool:
        """Whether the portfolio's own limit is what counts."""
        return self.cap is not None and self.cap == self.most

    @property
    def for_all(self) -> Margin | None:
        """How symbols are margined that have no setting of their own; None where nobody knows."""
        chosen = next((each for each in self.settings if each.instrument is None), None)
        if chosen is not None or self.rules is None:
            return chosen
        mode = self.rules.margin_mode
        return Margin(margin_mode="CROSS" if mode == "CROSS" else "ISOLATED", leverage=self.rules.leverage)

    @property
    def of_symbols(self) -> tuple[MarginSetting, ...]:
        """What was chosen for symbols."""
        return tuple(each for each in self.settings if each.instrument is not None)


def read_margins(principal: Principal, connection: Connection, heard: Heard) -> MarginReport:
    """Return how the account of the portfolio in use is margined.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        heard: What execution has said.

    Raises:
        NotFound: The asker has no portfolio.
    """
    mine = place(principal, connection)
    account = get_account(principal, connection, mine.account)
    chosen = margins.list_for(principal, connection, mine.account)
    held = list_positions(principal, connection, portfolio=mine.uid)
    named = (
        *(each.symbol for each in held if each.asset_type == "FUTURE"),
        *(each.symbol for each in chosen if each.symbol is not None),
    )
    return MarginReport(
        portfolio=mine,
        account=account,
        has_margin=has_margin(heard, account.served_by),
        is_silent=heard.now is None,
        settings=chosen,
        rules=None if heard.last is None else heard.last.margin,
        cap=limits_for(principal, connection, portfolio=mine.uid).limits.leverage_cap,
        symbols=tuple(dict.fromkeys(map(perpetual, named))),
    )


def has_margin(heard: Heard, program: str) -> bool | None:
    """Tell whether margin and leverage can be set at a broker's venue; its last word counts, however old.

    Args:
        heard: What execution has said.
        program: Which program of the broker serves the account.

    Returns:
        Whether they can; None while nobody knows.
    """
    if heard.last is None:
        return None
    return any(each.has_margin for each in heard.last.brokers if each.name == program)
