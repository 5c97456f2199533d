"""People and places of the chat, put together: strangers, users, accounts, venues, portfolios."""

from collections.abc import Callable

from notifier.incoming.interaction import Handler
from notifier.settings import Settings
from notifier.trading.account_commands import AccountCommands, Brokers
from notifier.trading.account_marks import Marks
from notifier.trading.desk import Desk
from notifier.trading.portfolio_commands import PortfolioCommands
from notifier.trading.registration import Registration
from notifier.trading.user_commands import UserCommands


class PeoplePart:
    """Who answers the commands of `notifier.trading.tables.people`, and strangers.

    Attributes:
        registration: Hears strangers, and lets them in.
    """

    def __init__(self, desk: Desk, settings: Settings, *, brokers: Brokers, marks: Callable[[], Marks]) -> None:
        """Put them together.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            settings: The notifier's.
            brokers: Says how the brokers are.
            marks: Says what stands beside accounts.
        """
        self.registration = Registration(desk, settings)
        self._users = UserCommands(desk, limit=settings.max_users)
        self._accounts = AccountCommands(desk, brokers=brokers, marks=marks)
        self._portfolios = PortfolioCommands(desk)

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {**self._users.typed(), **self._accounts.typed(), **self._portfolios.typed()}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers each button, by the first word of its data."""
        return {**self.registration.pressed(), **self._portfolios.pressed()}
