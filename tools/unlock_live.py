"""Says in a ledger of a demo that the trading checks were green just now, since nothing makes these checks yet.

    python -m tools.unlock_live sqlite:///data/portfolio.db

Live accounts are locked until the checks were made. What is invented, such as the sandbox's live account, is opened
with this for a day, so that it can be seen how a live account trades. A ledger that has any other live account is
refused: there it would say of checks that nobody has made that they were green.
"""

import sys
from datetime import UTC, datetime

from ledger.store import Ledger, open_ledger
from ledger.trading.flow.live_lock import live_unlocked_until, note_checks
from ledger.trading.people.accounts import list_accounts
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from sandbox.ib_gateway.state import LIVE_ACCOUNT


def unlock(ledger: Ledger, *, now: datetime) -> datetime:
    """Keep a green result of the trading checks; return until when live accounts may open something.

    Args:
        ledger: Open, at this program's schema.
        now: The moment of the checks, aware UTC.

    Raises:
        LedgerUnavailable: The ledger cannot be used now.
        ValueError: There is a live account that is not the sandbox's, or it was not kept.
    """
    with ledger.writing() as connection:
        lives = [each for each in list_accounts(SYSTEM, connection, archived=True) if each.is_live]
        if any(each.account_uid != LIVE_ACCOUNT for each in lives):
            raise ValueError("there is a live account that is not the sandbox's: real money stays locked")
        note_checks(SYSTEM, Work(connection, now), is_green=True)
    with ledger.reading() as connection:
        until = live_unlocked_until(SYSTEM, connection)
    if until is None:
        raise ValueError("the result was not kept")
    return until


def main() -> None:
    """Open the ledger that the command line names."""
    if len(sys.argv) != 2:
        sys.exit("Say which ledger: python -m tools.unlock_live sqlite:///data/portfolio.db")
    with open_ledger(sys.argv[1]) as ledger:
        ledger.check()
        try:
            until = unlock(ledger, now=datetime.now(UTC))
        except ValueError as error:
            sys.exit(f"Not unlocked: {error}")
        print(f"live accounts may open something until {until:%Y-%m-%d %H:%M} UTC")


if __name__ == "__main__":
    main()
