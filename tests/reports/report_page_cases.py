"""The pages of reports that have golden texts."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bus.language import Language
from ledger.trading.flow.outcomes import Refused
from ledger.trading.flow.records import NewBalance
from reports.page import Page, Unrealized
from reports.report import Held, made
from tests.reports.report_cases import UNTIL, asked, execution, full, portfolio

PARIS = ZoneInfo("Europe/Paris")
ONE = (
    execution(1),
    execution(2, side="SELL", purpose="CLOSING", realized=Decimal("12.5"), fee=None, fee_currency=None),
)
CASH = (NewBalance(currency="USD", cash=Decimal("9812.4"), as_of=UNTIL),)
HELD = (Held(symbol="AAPL", quantity=Decimal(3), average_price=Decimal("187.1"), currency="USD"),)


def cases(language: Language) -> dict[str, str]:
    """Return every page by what it shows."""
    page = Page(language, PARIS)
    one = replace(made(asked(0), ONE, paid={}), held=HELD, cash=CASH)
    refused = tuple(Refused(code=code, count=1) for code in ("REJECTED_BY_PERSON", "CASH", "OPENING_EXPIRED"))
    still = replace(made(asked(0), (), paid={}, rejected=refused), held=HELD, cash=CASH)
    known = Unrealized(amounts={"USD": Decimal("-4.2")}, as_of=UNTIL)
    live = asked(30, portfolio=portfolio("Main", is_live=True))
    return {
        "a report of several currencies": page.report(full()),
        "a report of one, with a fee that is not known": page.report(one),
        "a report with prices": page.report(one, known),
        "a report of a day without trading": page.report(still),
        "a report of nothing": page.report(made(live, (), paid={})),
        "what stands under a file": page.caption(full()),
        "profit and loss": page.pnl(full(), None),
        "profit and loss with prices": page.pnl(one, known),
        "profit and loss without prices": page.pnl(one, None),
        "profit and loss of nothing": page.pnl(made(asked(14), (), paid={}), None),
        "executions": page.trades(portfolio(), ONE),
        "no executions": page.trades(portfolio(), ()),
    }
