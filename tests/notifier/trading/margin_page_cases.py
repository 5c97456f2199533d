"""What the page of margin and leverage is about, for its golden texts."""

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from bus.language import Language
from bus.messages.trading import MarginRules
from ledger.trading.flow.margins import MarginSetting
from ledger.trading.flow.records import NewBalance
from ledger.trading.risk.facts import CashFact
from notifier.trading.margin_page import MarginPage
from notifier.trading.margin_reading import MarginReport
from notifier.trading.status_page import StatusPage, StatusReport
from tests.ledger.trading.world import NOW
from tests.notifier.trading import trading_page_cases
from tests.notifier.trading.trading_page_cases import account, mine

RULES = MarginRules(margin_mode="ISOLATED", leverage=1, most_leverage=20)


def setting(**changes: Any) -> MarginSetting:
    """Return what was chosen for an instrument, and seen at its venue."""
    values: dict[str, Any] = {
        "margin_mode": "ISOLATED",
        "leverage": 5,
        "account": "1",
        "instrument": "1",
        "symbol": "BTC-USDT",
        "confirmed_at": NOW,
        "updated_at": NOW,
    }
    return MarginSetting(**{**values, **changes})


def report(**changes: Any) -> MarginReport:
    """Return an account with some settings."""
    values: dict[str, Any] = {
        "portfolio": mine("Main <1>", "1"),
        "account": account(name="perpetuals", base_currency="USDT"),
        "has_margin": True,
        "is_silent": False,
        "settings": (
            setting(instrument=None, symbol=None, margin_mode="CROSS", leverage=3, confirmed_at=None),
            setting(),
            setting(symbol="1000PEPE-USDT", leverage=20, confirmed_at=None),
        ),
        "rules": RULES,
        "cap": None,
        "symbols": ("BTCUSDT.P", "1000PEPEUSDT.P"),
    }
    return MarginReport(**{**values, **changes})


def many() -> MarginReport:
    """Return an account with more settings than are shown."""
    chosen = tuple(setting(symbol=f"A{number}-USDT", confirmed_at=NOW - timedelta(days=number)) for number in range(14))
    return report(settings=chosen, symbols=tuple(f"A{number}USDT.P" for number in range(14)), cap=4)


def apart() -> StatusReport:
    """Return an overview of an account whose money lies in two wallets."""
    futures = NewBalance(
        currency="USDT",
        cash=Decimal(900),
        available=Decimal("850.5"),
        equity=Decimal("1000.25"),
        as_of=NOW,
        wallet="FUTURES",
    )
    spot = msgspec.structs.replace(futures, cash=Decimal(50), available=Decimal(50), equity=None, wallet="SPOT")
    free = CashFact(currency="USDT", available=Decimal("850.5"), equity=None, as_of=NOW, wallet="FUTURES")
    in_spot = msgspec.structs.replace(free, available=Decimal(50), wallet="SPOT")
    of_account = account(name="perpetuals", base_currency="USDT")
    return trading_page_cases.report(
        account=of_account,
        balances=(spot, futures),
        free=((in_spot, Decimal(50)), (free, Decimal("750.5"))),
        budgets=(),
        margin=report(),
    )


def cases(language: Language) -> dict[str, str]:
    """Return the pages by what they are about."""
    page = MarginPage(language, UTC)
    return {
        "margin": page.page(report()),
        "margin, nothing chosen": page.page(report(settings=(), symbols=())),
        "margin, more than is shown, and a limit": page.page(many()),
        "status, spot and futures apart, with margin": StatusPage(language, UTC).page(apart()),
        "margin, execution silent": page.page(report(is_silent=True, rules=None, settings=())),
    }
