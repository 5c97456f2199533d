"""Which accounts this execution works on: all where it is alone, its share where several work on one ledger."""

from collections.abc import Collection

from ledger.trading.people.sharing import Places


class Held:
    """What is held; everything, unless it is shared.

    Attributes:
        is_leader: Whether this execution does what is done once for all accounts.
    """

    def __init__(self, *, is_shared: bool = False) -> None:
        """Hold everything, or nothing yet where it is shared.

        Args:
            is_shared: Whether others may work on the same ledger.
        """
        self.is_leader = not is_shared
        self._accounts: frozenset[str] | None = frozenset() if is_shared else None
        self._places = Places()

    @property
    def is_everything(self) -> bool:
        """Whether no other execution works on the ledger."""
        return self._accounts is None

    def has(self, account: str) -> bool:
        """Tell whether an account is held.

        Args:
            account: Its uid.
        """
        return self._accounts is None or account in self._accounts

    def has_portfolio(self, portfolio: int | str) -> bool:
        """Tell whether the account of a portfolio is held; one made a moment ago is known a second later.

        Args:
            portfolio: Its uid, or the ledger's number of it.
        """
        if self._accounts is None:
            return True
        at = self._places
        account = at.by_number.get(portfolio) if isinstance(portfolio, int) else at.by_name.get(portfolio)
        return account in self._accounts

    def change(self, accounts: Collection[str], places: Places) -> None:
        """Hold exactly these from now on.

        Args:
            accounts: Their uids.
            places: Where all portfolios are.
        """
        self._accounts, self._places = frozenset(accounts), places
