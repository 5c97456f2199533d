"""Accounts with hundreds of assets, with numbers of all lengths, and with names that hurt."""

from decimal import Decimal
from pathlib import Path

import pytest

from collectors.source import Deadline, Reading
from sandbox.control.client import Sandbox
from tests.collectors import test_okx, test_tbank
from tests.collectors.everybody import BUILDERS, close_what_was_opened

ENOUGH_S = 10.0
ASSETS = 500
HUGE = "999999999999999.123456789012345678"
NAMES = ("\u202eevil\u202c", "a\u200bb", "🪙🪙", "<b>&amp;</b>", "'; DROP TABLE balances; --", "ключ", "x" * 300)
"""Right to left, an invisible sign, emoji, markup of two kinds, another alphabet, a long one."""


def crowd() -> list[dict[str, str]]:
    """Make many assets, each with a name that hurts and a number with 18 decimals."""
    return [
        {"ccy": NAMES[number % len(NAMES)] + str(number), "amount": f"{number}.{number:018d}", "usd_value": "0.1"}
        for number in range(ASSETS)
    ]


@pytest.mark.parametrize("demo", [False, True])
def test_an_account_of_five_hundred_assets_is_read_to_the_last_digit(sandbox: Sandbox, *, demo: bool) -> None:
    """Faults 45 and 46: the whole account, and (in demo trading) the answer that lists every asset."""
    kind = "demo" if demo else "live"
    sandbox.set_state("okx", trading=crowd(), funding=crowd(), total_usd=HUGE, total_eq=HUGE, key_kind=kind, limits={})
    okx = test_okx.opened(test_okx.settings(sandbox.addresses["okx"], demo=demo))
    try:
        reading = okx.fetch(Deadline(ENOUGH_S))
    finally:
        close_what_was_opened()

    assert reading.amount == Decimal(HUGE)


@pytest.mark.parametrize("name", NAMES)
def test_an_account_whose_name_hurts_is_read_like_any_other(sandbox: Sandbox, name: str) -> None:
    """Fault 46: nothing of a name gets into the reading."""
    number = {"units": "123456789012", "nano": 123456789}
    sandbox.set_state("tbank", accounts=[test_tbank.account("2000777888", name=name, total=number)])
    reading = test_tbank.build(sandbox.addresses["tbank"]).fetch(Deadline(ENOUGH_S))

    assert reading.amount == Decimal("123456789012.123456789")
    assert name not in repr(reading)


@pytest.mark.parametrize("name", ["bybit", "okx"])
def test_a_huge_number_is_read_with_every_digit(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    """Fault 45: the largest amount that is taken for one, with 18 decimals."""
    sandbox.set_state(name, **{"bybit": {"total_equity": HUGE}, "okx": {"total_usd": HUGE}}[name])
    try:
        reading = BUILDERS[name](sandbox.addresses, tmp_path).fetch(Deadline(ENOUGH_S))
    finally:
        close_what_was_opened()

    assert isinstance(reading, Reading)
    assert reading.amount == Decimal(HUGE)
