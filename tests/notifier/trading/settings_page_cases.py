"""The pages of limits, preferences and risk, of some and of none."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args
from zoneinfo import ZoneInfo

from bus.language import Language
from ledger.trading.enumerations import NoticeKind
from ledger.trading.people.accounts import Account
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.risk.breaches import Breach
from ledger.trading.risk.facts import CashFact, OpenPosition, PendingOpening, Use
from ledger.trading.risk.limit_setting import LimitChange
from ledger.trading.risk.limits import LIMITS, Limits, strictest
from ledger.trading.risk.policies import Applied, Policy
from ledger.trading.risk.usage import Used, free_cash, usage
from notifier.trading.limit_texts import LimitTexts, Standing, Subject
from notifier.trading.limit_values import BUDGET, SETTERS
from notifier.trading.risk_page import Budget, RiskPage, RiskReport
from notifier.trading.settings_page import OfStrategy, SettingsPage, SettingsReport

NOW = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
FIRST = Limits(buy_amount=Decimal(1000), max_daily_loss=Decimal(500), max_daily_buys=5, reserve=Decimal("0.001"))
ALL = Limits(
    buy_amount=Decimal(1000),
    max_open_positions=4,
    max_daily_buys=5,
    max_invested=Decimal(5000),
    max_per_ticker=3,
    max_daily_loss=Decimal("400.5"),
    reserve=Decimal(500),
    max_order_value=Decimal(2000),
    leverage_cap=3,
    max_position_value=Decimal(1500),
    max_orders_per_day=20,
    max_drawdown_percent=Decimal(20),
    risk_per_trade_percent=Decimal("0.5"),
    max_spread_percent=Decimal(1),
    cooldown_minutes=30,
    allowed_symbols=("AAPL", "BTC-USDT"),
)


def account() -> Account:
    """Return where it trades."""
    return Account(
        uid="1",
        user="1",
        broker="IBKR",
        name="ib",
        account_uid="DU1234567",
        base_currency="USD",
        is_live=False,
        archived_at=None,
        created_at=NOW,
    )


def portfolio(*, is_live: bool = False) -> Portfolio:
    """Return a portfolio."""
    values: dict[str, Any] = dict.fromkeys(Portfolio.__struct_fields__, "")
    named = {"uid": "1", "user": "ann", "name": "Main <1>", "is_live": is_live, "is_default": True}
    return Portfolio(**{**values, **named, "created_at": NOW, "archived_at": None})


def strategy(name: str = "trend <2>", **params: str) -> Strategy:
    """Return a strategy."""
    return Strategy(
        uid="2",
        user="ann",
        portfolio="1",
        name=name,
        version=1,
        mode="auto",
        params=params,
        has_token=True,
        is_active=True,
        created_at=NOW,
    )


def policy(limits: Limits, scope_type: Any = "PORTFOLIO", *, name: str = LIMITS, by: int | None = 1) -> Policy:
    """Return a policy."""
    return Policy(
        id=1,
        uid="1",
        user_id=1,
        set_by_user_id=by,
        scope_type=scope_type,
        scope_id=1,
        name=name,
        limits=limits,
        is_active=True,
        created_at=NOW,
    )


def applied(*policies: Policy) -> Applied:
    """Return what holds of several policies."""
    limits, places = strictest([each.limits for each in policies])
    sources = {name: policies[place] for name, place in places.items()}
    return Applied(limits=limits, currency="USD", sources=sources, policies=policies)


def everything() -> Applied:
    """Return what holds of a portfolio with all limits, one of which an admin has set, and one the user."""
    careful = policy(Limits(max_invested=Decimal(4000)), "USER", name="careful & so", by=3)
    return applied(policy(ALL), careful, policy(Limits(max_order_value=Decimal(900)), "USER", name="mine"))


def position(symbol: str, cost: str, **changes: Any) -> OpenPosition:
    """Return a position."""
    usual: dict[str, Any] = {"instrument": symbol, "symbol": symbol, "strategy": "2", "currency": "USD"}
    numbers = {"multiplier": Decimal(1), "quantity": Decimal(1), "avg_price": Decimal(cost), "cost": Decimal(cost)}
    return OpenPosition(**{**usual, **numbers, **changes})


def pending(symbol: str, value: str, **changes: Any) -> PendingOpening:
    """Return an opening that may still be filled."""
    usual: dict[str, Any] = {"instrument": symbol, "strategy": None, "currency": "USD", "quantity": Decimal(1)}
    return PendingOpening(**{**usual, "value": Decimal(value), "placed_at": NOW, **changes})


def use(**changes: Any) -> Use:
    """Return a portfolio with two positions and an opening on its way."""
    cash = CashFact(currency="USD", available=Decimal(9000), equity=Decimal(9500), as_of=NOW - timedelta(minutes=1))
    usual: dict[str, Any] = {
        "positions": (position("AAPL", "1000.5"), position("BTC-USDT", "-250", currency="USDT")),
        "pending": (pending("AAPL", "200"),),
        "symbols": {"AAPL": "AAPL", "BTC-USDT": "BTC-USDT"},
        "cash": (cash,),
        "openings_by_symbol": {"AAPL": 2, "BTC-USDT": 1},
        "openings_today": 2,
        "orders_today": 7,
        "realized_today": Decimal("-12.3"),
        "unrealized_at_day_start": Decimal(0),
        "equity_peak": Decimal(10_000),
    }
    return Use(**{**usual, **changes})


def nothing() -> Use:
    """Return a portfolio in which nothing has happened, of which nothing is known."""
    return use(
        positions=(),
        pending=(),
        symbols={},
        cash=(),
        openings_by_symbol={},
        openings_today=0,
        orders_today=0,
        realized_today=Decimal(0),
        unrealized_at_day_start=None,
        equity_peak=None,
    )


def risk(held: Use, holds: Applied, *, breaches: tuple[Breach, ...] = ()) -> RiskReport:
    """Return what `/risk` tells."""
    budget = Budget("trend <2>", Used(limit="budget", used=Decimal(300), most=Decimal(1500)))
    return RiskReport(
        portfolio=portfolio(is_live=not breaches),
        applied=holds,
        first=FIRST,
        used=usage(held, holds.limits, currency="USD"),
        budgets=(budget,) if breaches else (),
        free=free_cash(held, holds.limits, currency="USD"),
        breaches=breaches,
    )


def breach(code: str, action: Any, symbol: str | None, **observed: object) -> Breach:
    """Return a breach."""
    return Breach(uid="1", code=code, observed=observed, action=action, created_at=NOW, policy=None, symbol=symbol)


def settings(holds: Applied, *strategies: OfStrategy, **notifications: Any) -> SettingsReport:
    """Return what `/settings` tells."""
    return SettingsReport(
        portfolio=portfolio(is_live=not strategies),
        account=account(),
        applied=holds,
        first=FIRST,
        strategies=strategies,
        language="de",
        timezone="America/Argentina/Buenos_Aires",
        notifications=notifications,
    )


def limit_cases(language: Language) -> dict[str, str]:
    """Return what is said of one limit."""
    texts, holds = LimitTexts(language), everything()
    standing = Standing(applied=holds, first=FIRST, sized=("trend <2>", "other"))
    told: dict[str, str] = {}
    for command, setter in SETTERS.items():
        subject = Subject(setter, portfolio(), strategy() if command == BUDGET else None)
        told[f"/{command}"] = texts.alone(subject, Standing(applied=holds, first=FIRST))
    amount = Subject(SETTERS["set_amount"], portfolio(is_live=True))
    invested = Subject(SETTERS["set_max_invest"], portfolio())
    budget = Subject(SETTERS[BUDGET], portfolio(), strategy())
    tighter = LimitChange(before=Decimal(1000), after=Decimal(300), applied=holds)
    told["the amount changed, with strategies that have their own"] = texts.changed(
        amount, LimitChange(before=Decimal(900), after=Decimal(1000), applied=holds), standing
    )
    told["a stricter one holds"] = texts.changed(invested, tighter, standing)
    told["zero"] = texts.changed(invested, LimitChange(before=None, after=Decimal(0), applied=holds), standing)
    told["unset"] = texts.changed(budget, LimitChange(before=Decimal(5), after=None, applied=applied()), standing)
    told["the same"] = texts.changed(budget, LimitChange(before=None, after=None, applied=applied()), standing)
    question, label = texts.loosening(budget, Decimal(300), Decimal("301.50"), currency="USD")
    told["shall it be loosened"] = f"{question}\n[{label}]"
    told["no value"] = texts.refused(SETTERS["set_leverage_cap"], "<much>")
    told["budgets"] = texts.budgets(SETTERS[BUDGET], [(budget, Standing(applied=holds, first=FIRST))])
    told["no budgets"] = texts.budgets(SETTERS[BUDGET], [])
    return told


def cases(language: Language) -> dict[str, str]:
    """Return the pages by what they are about."""
    page, of_risk = SettingsPage(language), RiskPage(language, ZoneInfo("Europe/Berlin"))
    own = policy(Limits(budget=Decimal(1500), max_daily_buys=2), "STRATEGY")
    sized = OfStrategy(strategy=strategy(amount="250.5"), applied=applied(policy(ALL), own))
    by_risk = OfStrategy(strategy=strategy("other", by="risk", risk_percent="1"), applied=everything())
    broken = (
        breach("MAX_POSITIONS", "BLOCKED", "AAPL", positions=4, limit=4),
        breach("MAX_DRAWDOWN", "CLOSED_POSITION", None, reason="<far> " * 40),
    )
    return {
        "settings": page.page(settings(everything(), sized, by_risk, filled="silent", report="off")),
        "settings, nothing set": page.page(settings(applied())),
        "notices": page.notices({"filled": "silent", "report": "off"}, get_args(NoticeKind)),
        "risk": of_risk.page(risk(use(), everything(), breaches=broken)),
        "risk, nothing known": of_risk.page(risk(nothing(), applied(policy(ALL)))),
        "risk, a rate is missing": of_risk.page(
            risk(
                use(positions=(position("SAP", "100", currency="EUR"),), symbols={"SAP": "SAP", "AAPL": "AAPL"}),
                applied(policy(FIRST), policy(ALL, name="x")),
            )
        ),
        "risk, nothing set": of_risk.page(risk(nothing(), applied())),
        **limit_cases(language),
    }
