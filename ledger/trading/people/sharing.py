"""Where everybody's accounts and portfolios are, as programs that share them need it: names and numbers alone."""

import msgspec
from sqlalchemy import Connection, func, select

from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.people import accounts, portfolios

_COUNTS = select(
    select(func.count()).select_from(accounts).scalar_subquery().label("accounts"),
    select(func.count()).select_from(portfolios).scalar_subquery().label("portfolios"),
)
_ACCOUNTS = select(accounts.c.uid, accounts.c.id)
_PORTFOLIOS = select(portfolios.c.id, portfolios.c.uid, accounts.c.uid.label("account")).join(
    accounts, accounts.c.id == portfolios.c.account_id
)


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """All accounts and portfolios, archived ones too.

    Attributes:
        numbers: The ledger's number of each account, by its uid.
        by_number: The uid of the account of each portfolio, by the ledger's number of the portfolio.
        by_name: The same, by the portfolio's uid.
    """

    numbers: dict[str, int] = {}
    by_number: dict[int, str] = {}
    by_name: dict[str, str] = {}

    @property
    def counts(self) -> tuple[int, int]:
        """How many accounts and portfolios there are: none is ever removed, and no portfolio moves."""
        return len(self.numbers), len(self.by_number)


def places(principal: Principal, connection: Connection, *, known: Places) -> Places:
    """Return where everything is.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.
        known: What was found before; it is returned where nothing was added since.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    if tuple(connection.execute(_COUNTS).one()) == known.counts:
        return known
    rows = connection.execute(_PORTFOLIOS).all()
    return Places(
        numbers={row.uid: row.id for row in connection.execute(_ACCOUNTS)},
        by_number={row.id: row.account for row in rows},
        by_name={row.uid: row.account for row in rows},
    )
