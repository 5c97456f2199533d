"""Instruments: one row for each symbol, exchange and asset type, and the names that lead to it."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from ledger.store import Ledger
from ledger.trading.aliases import find_by_alias, set_alias
from ledger.trading.errors import Invalid, NotAllowed, NotFound, TradingError
from ledger.trading.instruments import NewInstrument, change_steps, find_instrument, get_instrument, resolve
from ledger.trading.principal import SYSTEM
from ledger.trading.tables import catalogue
from tests.ledger.trading.world import BITCOIN, People, ask, do, logged, rows

SHARE = NewInstrument(symbol="BRK B", asset_type="EQUITY", currency="USD", tick_size=Decimal("0.01"))


def with_(new: NewInstrument, **changed: Any) -> NewInstrument:
    """Return an instrument that differs."""
    return msgspec.structs.replace(new, **changed)


def test_the_same_instrument_is_the_same_row_whoever_asks_first(ledger: Ledger, people: People) -> None:
    first = do(ledger, resolve, people.alice, SHARE)
    again = do(ledger, resolve, people.mallory, with_(SHARE, tick_size=Decimal("0.010"), multiplier=Decimal("1.0")))

    assert again == first
    assert ask(ledger, get_instrument, people.vera, first.uid) == first
    assert (first.symbol, first.exchange) == ("BRK B", None)
    assert (first.multiplier, first.tick_size) == (Decimal(1), Decimal("0.01"))
    assert len(rows(ledger, catalogue.instruments)) == 1


def test_exchange_and_asset_type_tell_instruments_apart_and_a_missing_exchange_counts(
    ledger: Ledger, people: People
) -> None:
    variants: list[dict[str, Any]] = [{}, {"exchange": "NYSE"}, {"exchange": "LSE"}, {"asset_type": "ETF"}]
    made = [do(ledger, resolve, people.alice, with_(SHARE, **each)) for each in variants * 2]

    assert len({each.uid for each in made}) == 4
    found = ask(ledger, find_instrument, people.vera, symbol="BRK B", asset_type="EQUITY", exchange="LSE")
    assert found == made[2]
    assert ask(ledger, find_instrument, people.vera, symbol="BRK B", asset_type="EQUITY") == made[0]
    with pytest.raises(NotFound, match=r"there is no instrument BRK B \(EQUITY, NASDAQ\)"):
        ask(ledger, find_instrument, people.vera, symbol="BRK B", asset_type="EQUITY", exchange="NASDAQ")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"currency": "USDC"}, "BTC-USDT is in the books as priced in USDT, not USDC"),
        ({"base_currency": "ETH"}, "as for BTC, not ETH"),
        ({"multiplier": Decimal(10)}, "as multiplied by 1, not 10"),
    ],
)
def test_what_it_is_counted_in_is_never_changed_the_system_cannot_either(
    ledger: Ledger, people: People, changed: dict[str, Any], said: str
) -> None:
    do(ledger, resolve, people.alice, BITCOIN)
    for who in (people.alice, people.boss, SYSTEM):
        with pytest.raises(Invalid, match=said):
            do(ledger, resolve, who, with_(BITCOIN, **changed))


def test_what_is_left_out_differs_from_nothing(ledger: Ledger, people: People) -> None:
    known = do(ledger, resolve, people.alice, with_(BITCOIN, tick_size=Decimal("0.1"), lot_size=Decimal("0.001")))
    again = do(ledger, resolve, people.mallory, with_(BITCOIN, base_currency=None))

    assert again == known


def test_other_steps_are_written_for_the_system_and_admins_and_refused_to_others(
    ledger: Ledger, people: People
) -> None:
    known = do(ledger, resolve, people.alice, with_(BITCOIN, tick_size=Decimal("0.1")))
    finer = with_(BITCOIN, tick_size=Decimal("0.01"), lot_size=Decimal("0.001"))
    with pytest.raises(NotAllowed):
        do(ledger, resolve, people.alice, finer)
    before = ask(ledger, get_instrument, people.alice, known.uid)
    after = do(ledger, resolve, SYSTEM, finer)
    changed = do(ledger, change_steps, people.boss, known.uid, lot_size=Decimal(1))

    assert (before.tick_size, before.lot_size) == (Decimal("0.1"), None)
    assert (after.tick_size, after.lot_size) == (Decimal("0.01"), Decimal("0.001"))
    assert changed == ask(ledger, get_instrument, people.alice, known.uid)
    assert (changed.tick_size, changed.lot_size) == (Decimal("0.01"), Decimal(1))
    with pytest.raises(NotAllowed):
        do(ledger, change_steps, people.alice, known.uid, lot_size=Decimal(2))
    with pytest.raises(NotFound):
        do(ledger, change_steps, people.boss, "none", lot_size=Decimal(2))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"symbol": ""}, "a symbol has 1 to 64 signs"),
        ({"symbol": "x" * 65}, "a symbol has 1 to 64 signs"),
        ({"exchange": ""}, "an exchange has 1 to 32 signs"),
        ({"asset_type": "BITCOIN"}, "an asset type is CRYPTO, EQUITY"),
        ({"currency": "$"}, "capital letters or digits"),
        ({"base_currency": "btc"}, "capital letters or digits"),
        ({"base_currency": "USDT"}, "cannot be USDT priced in USDT"),
        ({"base_currency": None}, "is a pair; name what is bought too"),
        ({"multiplier": Decimal(0)}, "a multiplier is above zero, not 0"),
        ({"multiplier": Decimal(-1)}, "a multiplier is above zero"),
        ({"tick_size": Decimal("NaN")}, "a tick size: NaN is no amount"),
        ({"tick_size": 0.1}, "a tick size: an amount is a Decimal, not float"),
        ({"lot_size": Decimal("1e-19")}, "a lot size: .* more than 18 places"),
    ],
)
def test_an_instrument_that_cannot_be_is_refused(
    ledger: Ledger, people: People, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(TradingError, match=said):
        do(ledger, resolve, people.alice, with_(BITCOIN, **wrong))
    assert rows(ledger, catalogue.instruments) == []


def test_a_viewer_finds_instruments_and_makes_none(ledger: Ledger, people: People) -> None:
    with pytest.raises(NotAllowed):
        do(ledger, resolve, people.vera, SHARE)


def test_a_name_leads_to_an_instrument_at_one_broker_and_for_one_asset_type(ledger: Ledger, people: People) -> None:
    spot = do(ledger, resolve, SYSTEM, BITCOIN)
    future = do(ledger, resolve, SYSTEM, with_(BITCOIN, asset_type="FUTURE"))
    for each in (spot, future, spot):
        do(ledger, set_alias, SYSTEM, each.uid, broker="BINGX", alias="BTCUSDT.P")
    found = ask(ledger, find_by_alias, people.vera, broker="BINGX", alias="BTCUSDT.P", asset_type="FUTURE")

    assert found == future
    assert ask(ledger, find_by_alias, people.vera, broker="BINGX", alias="BTCUSDT.P", asset_type="CRYPTO") == spot
    assert len(rows(ledger, catalogue.instrument_aliases)) == 2
    for broker, alias in (("OKX", "BTCUSDT.P"), ("BINGX", "btcusdt.p")):
        with pytest.raises(NotFound, match=f"there is no instrument named {alias}"):
            ask(ledger, find_by_alias, people.vera, broker=broker, alias=alias, asset_type="CRYPTO")


def test_a_name_can_be_led_elsewhere_by_the_system_and_admins_alone(ledger: Ledger, people: People) -> None:
    old, new = (do(ledger, resolve, SYSTEM, with_(BITCOIN, symbol=symbol)) for symbol in ("BTC-USDT", "XBT-USDT"))
    do(ledger, set_alias, SYSTEM, old.uid, broker="BINGX", alias="BTC")
    with pytest.raises(NotAllowed):
        do(ledger, set_alias, people.alice, new.uid, broker="BINGX", alias="BTC")
    do(ledger, set_alias, people.boss, new.uid, broker="BINGX", alias="BTC")
    found = ask(ledger, find_by_alias, people.alice, broker="BINGX", alias="BTC", asset_type="CRYPTO")

    assert found == new
    for wrong in ({"broker": "NOBODY", "alias": "BTC"}, {"broker": "BINGX", "alias": ""}):
        with pytest.raises(TradingError, match=r"there is no broker NOBODY|an alias has 1 to 64 signs"):
            do(ledger, set_alias, SYSTEM, new.uid, **wrong)
    with pytest.raises(NotFound):
        do(ledger, set_alias, SYSTEM, "none", broker="BINGX", alias="BTC")


def test_what_happens_to_instruments_is_in_the_audit_log_once(ledger: Ledger, people: People) -> None:
    before = len(logged(ledger))
    for _ in range(2):
        made = do(ledger, resolve, SYSTEM, BITCOIN)
        do(ledger, change_steps, SYSTEM, made.uid, tick_size=Decimal("0.1"))
        do(ledger, set_alias, SYSTEM, made.uid, broker="BINGX", alias="BTC")

    assert logged(ledger)[before:] == [
        ("system", "instrument", action) for action in ("created", "steps changed", "alias set")
    ]
