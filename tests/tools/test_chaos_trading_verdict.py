"""What the chaos run of trading finds wrong, in accounts that are made by hand."""

from decimal import Decimal

import msgspec
import pytest

from ledger.trading.books.self_check import SelfCheck
from tools.chaos.trading.alerts import Planned
from tools.chaos.trading.evidence import Books, LedgerOrder, LedgerTrade, Notice, Signal
from tools.chaos.trading.venue import AtVenue, VenueOrder
from tools.chaos.trading.verdict import Evidence, judge

ONE = Decimal(1)
ALERT = Planned(number=1, kind="buy", symbol="AAPL", quantity=ONE, price=Decimal(100), at_s=0.0)
ORDER = LedgerOrder("c1", "o1", "chaos-1", "FILLED", "ENTRY", 1)
AT_VENUE = VenueOrder(client_id="c1", quantity=ONE, opens=True)


def evidence(**changes: object) -> Evidence:
    """Return the accounts of one alert that was bought, all of them agreeing, with some changes."""
    books = Books(
        signals=[Signal("s1", "chaos-1", "DONE", None)],
        orders=[ORDER],
        trades=[LedgerTrade("e1.01", "e1", 1)],
        held={"AAPL": ONE},
        notices=[Notice("trade-o1-1", "bought", "sent", None)],
        found=SelfCheck(positions=(), orders=(), orphans=(), audit=()),
    )
    venue = AtVenue(orders=[AT_VENUE], executions=["e1.01"], held={"AAPL": ONE})
    whole = {"planned": [ALERT], "accepted": {1}, "books": books, "venue": venue, "texts": ["bought"]}
    for name, value in changes.items():
        part = "books" if name in Books.__struct_fields__ else "venue"
        whole[part] = msgspec.structs.replace(whole[part], **{name.removeprefix("venue_"): value})  # type: ignore[type-var]
    return Evidence(**whole)  # type: ignore[arg-type]


def test_accounts_that_agree_have_no_trouble() -> None:
    verdict = judge(evidence())

    assert (verdict.accepted, verdict.ordered, verdict.troubles) == (1, 1, ())


@pytest.mark.parametrize(
    ("changes", "kind", "text"),
    [
        ({"venue_orders": [AT_VENUE, AT_VENUE]}, "order", "c1 2 times"),
        ({"venue_orders": [msgspec.structs.replace(AT_VENUE, client_id="c2")]}, "order", "c2, which is in no row"),
        ({"orders": [msgspec.structs.replace(ORDER, status="NOT_PLACED")]}, "order", "said to be nowhere"),
        ({"orders": [msgspec.structs.replace(ORDER, status="UNKNOWN")]}, "lost", "still UNKNOWN"),
        ({"venue_executions": ["e1.01", "e1.02"]}, "position", "e1.02 of the venue is not in the ledger"),
        ({"venue_executions": []}, "execution", "e1.01 stands 1 times"),
        ({"venue_held": {}}, "position", "the ledger holds 1, the venue 0"),
    ],
)
def test_accounts_that_do_not_agree_are_told(changes: dict[str, object], kind: str, text: str) -> None:
    troubles = judge(evidence(**changes)).troubles

    assert [each for each in troubles if each.kind == kind and text in each.text]
