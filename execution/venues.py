"""What is special of each venue, one row for each broker's code; a code that is not named here has nothing special.

Whether a number is a live account's is told by the row that the ledger has of its broker: whoever makes accounts there
must know it too.
"""

from typing import Final

import msgspec

PROGRAM: Final = "broker-"
"""Begins the names of brokers' programs."""


class Place(msgspec.Struct, frozen=True):
    """Where something is asked: a broker's program, and one of the accounts that it serves."""

    broker: str
    account: str


def broker_program(code: str) -> str:
    """Return the program that serves a broker's default account.

    Args:
        code: The broker's code in the ledger, such as `PAPER`.
    """
    return f"{PROGRAM}{code.lower()}"


def broker_code(program: str) -> str:
    """Return the code of the broker that a program serves; the other way round.

    Args:
        program: The program's name.
    """
    return program.removeprefix(PROGRAM).upper()


class VenueRule(msgspec.Struct, frozen=True, kw_only=True):
    """What is done at one kind of venue by itself, and which account is served there by default.

    Attributes:
        places_again: What is surely nowhere is placed again under the same client order id, while it may still go.
        number_setting: The field of execution's settings with the number of the default account; empty where the
            venue has many accounts, of which none needs a number.
        account_name: What that account and its portfolio are called at first.
        currency: In which it counts.
    """

    places_again: bool = False
    number_setting: str = ""
    account_name: str = ""
    currency: str = "USD"

    @property
    def variable(self) -> str:
        """How the setting is called in `.env`."""
        return self.number_setting.upper()


RULES: Final[dict[str, VenueRule]] = {
    "PAPER": VenueRule(places_again=True),
    "IBKR": VenueRule(number_setting="ib_account", account_name="ib"),
}
"""By the broker's code; a venue that is not named here places nothing again by itself."""
NO_RULE: Final = VenueRule()


def rule_of(broker: str) -> VenueRule:
    """Return what is special of a venue.

    Args:
        broker: The broker's code.
    """
    return RULES.get(broker, NO_RULE)
