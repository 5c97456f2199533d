"""What the page of margin and leverage is about, for its golden texts."""

from datetime import UTC, timedelta
from typing import Any

from bus.language import Language
from bus.messages.trading import MarginRules
from ledger.trading.flow.margins import MarginSetting
from notifier.trading.margin_page import MarginPage
from notifier.trading.margin_reading import MarginReport
from tests.ledger.trading.world import NOW
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


def cases(language: Language) -> dict[str, str]:
    """Return the pages by what they are about."""
    page = MarginPage(language, UTC)
    return {
        "margin": page.page(report()),
        "margin, nothing chosen": page.page(report(settings=(), symbols=())),
        "margin, more than is shown, and a limit": page.page(many()),
        "margin, execution silent": page.page(report(is_silent=True, rules=None, settings=())),
    }
