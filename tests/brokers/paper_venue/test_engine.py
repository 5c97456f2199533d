"""What the paper venue does with orders: nothing is lost, doubled or sold that is not there."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.bingx_public.markets import Price
from brokers.paper_venue.engine import Costs, Engine
from brokers.paper_venue.memory import Memory
from brokers.venue import Refused
from bus.messages.venues import OrderType, PlaceOrder, Side, Traded

NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)
PERPETUAL = Traded(symbol="BTC-USDT", asset_type="FUTURE", currency="USDT", base_currency="BTC")
SPOT = Traded(symbol="BTC-USDT", asset_type="CRYPTO", currency="USDT", base_currency="BTC")
SHARE = Traded(symbol="AAPL", asset_type="EQUITY", currency="USD")
START = Decimal(1000)


class Clock:
    """A clock that a test moves."""

    at = NOW

    def now(self) -> datetime:
        """Return the time it shows."""
        return self.at

    def monotonic(self) -> float:
        """Return its seconds."""
        return self.at.timestamp()


def quote(price: str, spread: str = "0") -> Price:
    """Return a quote around a price."""
    half = Decimal(spread) / 2
    return Price(as_of=NOW, bid=Decimal(price) - half, ask=Decimal(price) + half, last=Decimal(price))


def order(name: str, side: Side = "BUY", quantity: str = "1", **fields: object) -> PlaceOrder:
    """Return an order, at the market unless told otherwise."""
    placed = PlaceOrder(
        account="acc-1",
        is_live=False,
        client_order_id=name,
        instrument=SPOT,
        side=side,
        type="MARKET",
        time_in_force="GTC",
        quantity=Decimal(quantity),
    )
    return msgspec.structs.replace(placed, **fields)


class Paper:
    """A memory and an engine on it, in a file."""

    def __init__(self, file: Path, costs: Costs) -> None:
        """Begin, or go on where the file ends."""
        self.memory = Memory(file, start_cash=START)
        self.clock = Clock()
        self.engine = Engine(self.memory, costs=costs, time=self.clock)


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    """Give a paper venue that costs nothing."""
    made = Paper(tmp_path / "paper.db", Costs(slippage_bps=0, fee_bps=0))
    with closing(made.memory):
        yield made


def held(paper: Paper, instrument: Traded = SPOT) -> Decimal:
    """Return what is held."""
    return paper.memory.position("acc-1", instrument).quantity


def test_a_buy_pays_the_ask_and_more_and_a_sell_gets_the_bid_and_less(tmp_path: Path) -> None:
    paper = Paper(tmp_path / "paper.db", Costs(slippage_bps=50, fee_bps=10))
    with closing(paper.memory):
        bought = paper.engine.place(order("a"), quote("100", "2")).executions[0]
        sold = paper.engine.place(order("b", "SELL"), quote("100", "2")).executions[0]

        assert (bought.price, bought.fee) == (Decimal("101.505"), Decimal("0.101505"))
        assert (sold.price, sold.fee_currency) == (Decimal("98.505"), "USDT")
        assert paper.memory.cash("acc-1", "USDT") == START - 3 - Decimal("0.101505") - Decimal("0.098505")


def test_without_a_quote_the_signals_price_is_taken_and_said(paper: Paper) -> None:
    event = paper.engine.place(order("a", instrument=SHARE, expected_price=Decimal(200)), None)

    assert event.executions[0].price == 200
    assert event.executions[0].note == "at the signal's price: no quote"
    with pytest.raises(Refused, match="names no price"):
        paper.engine.place(order("b", instrument=SHARE), None)


@pytest.mark.parametrize(
    ("name", "fields", "why"),
    [
        ("short of cash", {"quantity": Decimal(11)}, "1100 USDT needed, 1000 available"),
        ("nothing held", {"side": "SELL"}, "0 held, and 1 to sell"),
        ("nothing to reduce", {"side": "SELL", "reduce_only": True}, "nothing to reduce"),
        ("no price", {"type": "LIMIT"}, "a LIMIT order needs its price"),
        ("no quantity", {"quantity": Decimal(0)}, "above zero"),
        ("no such life", {"time_in_force": "OPG"}, "no OPG orders"),
        ("short of cash for a short", {"instrument": PERPETUAL, "side": "SELL", "quantity": Decimal(11)}, "needed"),
    ],
)
def test_an_order_that_cannot_be_is_refused_and_leaves_no_trace(
    paper: Paper, name: str, fields: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        paper.engine.place(msgspec.structs.replace(order("a"), **fields), quote("100"))

    assert paper.engine.find("acc-1", "a") is None
    assert paper.memory.cash("acc-1", "USDT") == START


@pytest.mark.parametrize(
    ("kind", "fields", "waits_at", "fills_at", "price"),
    [
        ("LIMIT", {"price": Decimal(90)}, "95", "89", "89"),
        ("STOP", {"stop_price": Decimal(110)}, "105", "111", "111"),
        ("STOP_LIMIT", {"stop_price": Decimal(110), "price": Decimal(112)}, "105", "111", "111"),
        ("TRAILING", {"price": Decimal(5)}, "96", "104", "104"),
    ],
)
def test_a_resting_buy_waits_for_its_price(
    paper: Paper, kind: OrderType, fields: dict[str, object], waits_at: str, fills_at: str, price: str
) -> None:
    placed = paper.engine.place(msgspec.structs.replace(order("a"), type=kind, **fields), quote("100"))
    waiting = paper.engine.advance(SPOT, quote(waits_at))
    (filled,) = paper.engine.advance(SPOT, quote(fills_at))

    assert (placed.status, waiting) == ("NEW", ())
    assert (filled.status, filled.executions[0].price) == ("FILLED", Decimal(price))
    assert paper.engine.advance(SPOT, quote(fills_at)) == ()


def test_a_trailing_stop_is_remembered_where_it_has_come_to(tmp_path: Path) -> None:
    costs = Costs(slippage_bps=0, fee_bps=0)
    first = Paper(tmp_path / "paper.db", costs)
    with closing(first.memory):
        first.engine.place(order("a"), quote("100"))
        first.engine.place(order("b", "SELL", type="TRAILING", price=Decimal(5)), quote("100"))
        first.engine.advance(SPOT, quote("120"))
    second = Paper(tmp_path / "paper.db", costs)
    with closing(second.memory):
        (filled,) = second.engine.advance(SPOT, quote("114"))

        assert filled.executions[0].price == 114


def test_when_one_leg_has_closed_the_position_the_other_is_cancelled_by_its_own_trigger(paper: Paper) -> None:
    paper.engine.place(order("a"), quote("100"))
    paper.engine.place(order("sl", "SELL", type="STOP", stop_price=Decimal(90), reduce_only=True), quote("100"))
    paper.engine.place(order("tp", "SELL", type="LIMIT", price=Decimal(110), reduce_only=True), quote("100"))
    (target,) = paper.engine.advance(SPOT, quote("111"))
    (stop,) = paper.engine.advance(SPOT, quote("89"))

    assert (target.client_order_id, target.status) == ("tp", "FILLED")
    assert (stop.client_order_id, stop.status, stop.reason) == ("sl", "CANCELED", "nothing to reduce")
    assert held(paper) == 0


def test_a_reduce_only_order_takes_what_there_is_and_no_more(paper: Paper) -> None:
    paper.engine.place(order("a", "SELL", instrument=PERPETUAL), quote("100"))
    event = paper.engine.place(order("b", "BUY", "3", instrument=PERPETUAL, reduce_only=True), quote("90"))

    assert (event.status, event.filled_quantity) == ("CANCELED", Decimal(1))
    assert held(paper, PERPETUAL) == 0
    assert paper.memory.cash("acc-1", "USDT") == START + 10


def test_a_day_order_ends_with_new_yorks_day_and_an_immediate_one_at_once(paper: Paper) -> None:
    paper.engine.place(order("day", type="LIMIT", price=Decimal(90), time_in_force="DAY"), quote("100"))
    at_once = paper.engine.place(order("ioc", type="LIMIT", price=Decimal(90), time_in_force="IOC"), quote("100"))
    paper.clock.at = datetime(2026, 2, 12, 4, 59, tzinfo=UTC)
    before = paper.engine.advance(SPOT, quote("100"))
    paper.clock.at += timedelta(minutes=1)
    (ended,) = paper.engine.advance(SPOT, quote("80"))

    assert (before, at_once.status, ended.status) == ((), "EXPIRED", "EXPIRED")
    assert held(paper) == 0


def test_a_cancelled_order_is_never_filled_and_a_filled_one_never_cancelled(paper: Paper) -> None:
    paper.engine.place(order("a", type="LIMIT", price=Decimal(90)), quote("100"))
    cancelled = paper.engine.cancel("acc-1", "a")
    paper.engine.place(order("b"), quote("100"))
    filled = paper.engine.cancel("acc-1", "b")

    assert paper.engine.advance(SPOT, quote("80")) == ()
    assert (cancelled.status, filled.status) == ("CANCELED", "FILLED")
    with pytest.raises(Refused):
        paper.engine.cancel("acc-1", "nobody's")


def test_accounts_know_nothing_of_one_another(paper: Paper) -> None:
    paper.engine.place(order("a"), quote("100"))
    other = paper.engine.place(msgspec.structs.replace(order("a"), account="acc-2"), quote("200"))

    assert other.executions[0].price == 200
    assert paper.memory.cash("acc-1", "USDT") == START - 100
    assert paper.memory.position("acc-2", SPOT).quantity == 1


def test_only_this_user_can_read_the_memory(paper: Paper, tmp_path: Path) -> None:
    assert (tmp_path / "paper.db").stat().st_mode & 0o077 == 0


steps = st.tuples(
    st.sampled_from([SPOT, PERPETUAL, SHARE]),
    st.sampled_from(["BUY", "SELL"]),
    st.sampled_from(["MARKET", "LIMIT", "STOP"]),
    st.integers(1, 12),
    st.integers(50, 150),
    st.booleans(),
)


@given(st.lists(steps, max_size=12))
def test_whatever_is_ordered_nothing_is_sold_that_is_not_held_and_money_is_what_the_fills_say(
    wanted: list[tuple[Traded, Side, OrderType, int, int, bool]],
) -> None:
    with TemporaryDirectory() as folder:
        paper = Paper(Path(folder) / "paper.db", Costs())
        with closing(paper.memory):
            for number, (instrument, side, kind, quantity, price, reduces) in enumerate(wanted):
                asked = order(
                    str(number),
                    side,
                    str(quantity),
                    instrument=instrument,
                    type=kind,
                    price=Decimal(price),
                    stop_price=Decimal(price),
                    reduce_only=reduces,
                )
                try:
                    first = paper.engine.place(asked, quote(str(price), "2"))
                except Refused:
                    continue
                again = paper.engine.place(asked, quote("1"))
                paper.engine.advance(instrument, quote(str(price), "2"))

                assert first == again
            fills = paper.memory.executions_since("acc-1", NOW)
            for instrument in (SPOT, PERPETUAL, SHARE):
                signs = {"BUY": 1, "SELL": -1}
                own = [each for each in fills if each.instrument == instrument]
                assert held(paper, instrument) == sum(each.quantity * signs[each.side] for each in own)
            paid = sum(
                (each.quantity * each.price * (1 if each.side == "BUY" else -1) + (each.fee or 0))
                for each in fills
                if each.instrument == SHARE
            )
            assert paper.memory.cash("acc-1", "USD") == START - paid
            assert held(paper) >= 0
            assert held(paper, SHARE) >= 0
            assert len({each.broker_trade_id for each in fills}) == len(fills)
