"""What is special of each venue, one row for each broker's code; a code that is not named here has nothing special.

Whether a number is a live account's is told by the row that the ledger has of its broker: whoever makes accounts there
must know it too.
"""

from datetime import time
from typing import Final

import msgspec

from bus.broker_names import code_of, default_program
from bus.messages.venues import AssetType
from execution.watching.resets import Window

NEW_YORK: Final = "America/New_York"
FRIDAY: Final = 4


class Place(msgspec.Struct, frozen=True):
    """Where something is asked: a broker's program, and one of the accounts that it serves."""

    broker: str
    account: str


class VenueRule(msgspec.Struct, frozen=True, kw_only=True):
    """What is done at one kind of venue by itself, and which account is served there by default.

    Attributes:
        places_again: What is surely nowhere is placed again under the same client order id, while it may still go.
        never_again: The kinds of instrument of which that is not so: there nobody can be as sure.
        number_setting: The field of execution's settings with the number of the default account; empty where the
            venue has many accounts, of which none needs a number.
        is_made_when_proven: The default account is made once its broker has proven which it is, where it has none.
        key_variable: How the setting with its key is called in `.env`, where that alone says whose account it is.
        account_name: What that account and its portfolio are called at first.
        currency: In which it counts.
        resets: When its servers are reset, with some minutes around: then it may be away without anything being wrong.
    """

    places_again: bool = False
    never_again: frozenset[AssetType] = frozenset()
    number_setting: str = ""
    is_made_when_proven: bool = False
    key_variable: str = ""
    account_name: str = ""
    currency: str = "USD"
    resets: tuple[Window, ...] = ()

    def of(self, kind: AssetType) -> "VenueRule":
        """Return what is special of the venue where a kind of instrument is traded.

        Args:
            kind: Of the instrument.
        """
        return msgspec.structs.replace(self, places_again=self.places_again and kind not in self.never_again)

    @property
    def has_numbers(self) -> bool:
        """Whether every account there has a number."""
        return bool(self.number_setting) or self.is_made_when_proven

    @property
    def variable(self) -> str:
        """How the setting that says which account it is is called in `.env`."""
        return self.number_setting.upper() or self.key_variable


RULES: Final[dict[str, VenueRule]] = {
    "PAPER": VenueRule(places_again=True),
    "IBKR": VenueRule(
        number_setting="ib_account",
        account_name="ib",
        resets=(
            Window(begins=time(23, 40), ends=time(1, 50), zone=NEW_YORK),
            Window(begins=time(23), ends=time(3), zone=NEW_YORK, days=frozenset({FRIDAY})),
        ),
    ),
    "BINGX": VenueRule(
        places_again=True,
        never_again=frozenset({"CRYPTO"}),
        is_made_when_proven=True,
        key_variable="BINGX_API_KEY",
        account_name="bingx",
        currency="USDT",
    ),
}
"""By the broker's code; a venue that is not named here places nothing again by itself.

The resets are those of the venue's status page, read 2026-11. The daily restart of its gateway, a minute, is shorter
than any absence that is told.
"""
AWAITED: Final = tuple(default_program(code) for code, rule in RULES.items() if rule.is_made_when_proven)
"""The programs whose accounts are made once they have proven which these are: of further accounts none is."""
NO_RULE: Final = VenueRule()


def rule_of(broker: str) -> VenueRule:
    """Return what is special of a venue.

    Args:
        broker: The broker's code.
    """
    return RULES.get(broker, NO_RULE)


def rule_at(program: str) -> VenueRule:
    """Return what is special of the venue of a broker's program.

    Args:
        program: Its name, of a further account's too.
    """
    return rule_of(code_of(program))
