"""An account's margin mode and leverage: of one instrument, of all, or what the settings say."""

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.flow.margins import Margin, confirm, effective, find, list_for, restore, unconfirmed, want
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.catalogue import symbol_settings
from tests.ledger.trading.world import ANN, ANNS_ACCOUNT, BOB, COIN, FUTURE, LOOKING, NOW, ask, count, do, logged, rows

FIVE = Margin(margin_mode="ISOLATED", leverage=5)
TEN = Margin(margin_mode="CROSS", leverage=10)
DEFAULT = Margin(margin_mode="ISOLATED", leverage=1)


def in_effect(books: Ledger, instrument: str = FUTURE) -> tuple[str, int, str, bool]:
    """Return mode, leverage, where they come from, and whether they are known."""
    found = ask(books, effective, ANN, ANNS_ACCOUNT, instrument=instrument, default=DEFAULT)
    return found.margin_mode, found.leverage, found.source, found.is_known


def test_an_instruments_own_row_counts_before_the_accounts_and_that_before_the_settings(books: Ledger) -> None:
    assert in_effect(books) == ("ISOLATED", 1, "settings", True)
    do(books, want, ANN, ANNS_ACCOUNT, TEN)
    assert in_effect(books) == ("CROSS", 10, "account", True)
    do(books, want, ANN, ANNS_ACCOUNT, FIVE, instrument=FUTURE)
    assert in_effect(books) == ("ISOLATED", 5, "instrument", False)
    assert in_effect(books, COIN) == ("CROSS", 10, "account", True)


def test_what_is_chosen_for_an_instrument_is_known_once_its_venue_was_seen_to_have_it(books: Ledger) -> None:
    wanted = do(books, want, ANN, ANNS_ACCOUNT, FIVE, instrument=FUTURE)
    open_ones = ask(books, unconfirmed, SYSTEM)
    seen = do(books, confirm, SYSTEM, ANNS_ACCOUNT, TEN, instrument=FUTURE)

    assert open_ones == (wanted,)
    assert (wanted.symbol, wanted.confirmed_at) == ("ES", None)
    assert (seen.margin_mode, seen.leverage, seen.confirmed_at) == ("CROSS", 10, NOW)
    assert in_effect(books) == ("CROSS", 10, "instrument", True)
    assert ask(books, unconfirmed, SYSTEM) == ()
    assert logged(books) == [("account:1", "margin", "chosen"), ("account:1", "margin", "confirmed")]


def test_choosing_anew_has_to_be_seen_anew_in_the_same_row(books: Ledger) -> None:
    do(books, confirm, SYSTEM, ANNS_ACCOUNT, FIVE, instrument=FUTURE)
    do(books, want, ANN, ANNS_ACCOUNT, TEN, instrument=FUTURE)
    do(books, want, ANN, ANNS_ACCOUNT, FIVE)
    do(books, want, ANN, ANNS_ACCOUNT, TEN)

    assert [row["leverage"] for row in rows(books, symbol_settings)] == [10, 10]
    assert in_effect(books) == ("CROSS", 10, "instrument", False)
    assert [each.symbol for each in ask(books, list_for, ANN, ANNS_ACCOUNT)] == [None, "ES"]


def test_what_is_taken_back_is_again_as_it_was_before(books: Ledger) -> None:
    before = do(books, confirm, SYSTEM, ANNS_ACCOUNT, FIVE, instrument=FUTURE)
    do(books, want, ANN, ANNS_ACCOUNT, TEN, instrument=FUTURE)
    do(books, want, ANN, ANNS_ACCOUNT, TEN, instrument=COIN)

    assert do(books, restore, SYSTEM, ANNS_ACCOUNT, before, instrument=FUTURE, confirmed_at=NOW) == before
    assert do(books, restore, SYSTEM, ANNS_ACCOUNT, None, instrument=COIN) is None
    assert do(books, restore, SYSTEM, ANNS_ACCOUNT, None, instrument=COIN) is None
    assert ask(books, find, ANN, ANNS_ACCOUNT, instrument=FUTURE) == before
    assert ask(books, find, ANN, ANNS_ACCOUNT, instrument=COIN) is None
    assert [each[2] for each in logged(books)] == ["confirmed", "chosen", "chosen", "taken back", "taken back"]


def test_who_may_not_choose_changes_nothing_and_what_cannot_be_is_refused(books: Ledger) -> None:
    for who, refusal in ((LOOKING, NotAllowed), (BOB, NotFound)):
        with pytest.raises(refusal):
            do(books, want, who, ANNS_ACCOUNT, FIVE)
    with pytest.raises(NotAllowed):
        do(books, confirm, ANN, ANNS_ACCOUNT, FIVE, instrument=FUTURE)
    with pytest.raises(NotFound, match="there is no instrument gone"):
        do(books, want, ANN, ANNS_ACCOUNT, FIVE, instrument="gone")
    for leverage in (0, 126):
        with pytest.raises(Invalid, match="from 1 to 125"):
            do(books, want, ANN, ANNS_ACCOUNT, Margin(margin_mode="CROSS", leverage=leverage))
    with pytest.raises(Invalid, match="a margin mode is"):
        do(books, want, ANN, ANNS_ACCOUNT, Margin(margin_mode="BOTH", leverage=1))  # type: ignore[arg-type]  # wrong

    assert count(books, "symbol_settings") == 0
