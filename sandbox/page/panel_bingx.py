"""The pretend BingX in the page's panel: its modes, what its account holds, and what can happen there now.

Follows no outside page; the codes are BingX's own (`sandbox/bingx/codes.py`).

Quirks: before anybody has used the account the card shows quotes alone. Where the next order is refused or its answer
lost, the mode is gone with that order, which is one of perpetuals.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from sandbox.bingx.orders import Order, Position
from sandbox.bingx.service import BingxService
from sandbox.bingx.spot_messages import plain
from sandbox.bingx.spot_orders import SpotOrder
from sandbox.bingx.state import FUTURES_TRADING, MARKETS, READING, SPOT_TRADING, BingxState
from sandbox.bingx.trading import closing_ticket
from sandbox.page.panel_figures import bingx
from sandbox.page.panel_parts import OLD_S, Action, Fields, Mode, PanelControl, World, code, modes
from sandbox.service import Fault

_SHOWN_ORDERS = 5
_FUNDING_RATE = Decimal("0.0001")
_RIGHTS = {READING: "reads", SPOT_TRADING: "trades spot", FUTURES_TRADING: "trades perpetuals"}
_TOO_MANY_RIGHTS = [*_RIGHTS, "enableWithdrawals"]
_ORDER = "POST /openApi/swap/v2/trade/order"
_LEVERAGE = "POST /openApi/swap/v2/trade/leverage"
_WELL: Fields = {
    "nulled": [],
    "age_s": 0.0,
    "spread_bps": 2,
    "hold_fills": False,
    "fill_share": Decimal(1),
    "rights": [*_RIGHTS],
}


def _service(world: World) -> BingxService:
    service = world["bingx"]
    assert isinstance(service, BingxService)
    return service


def _is_used(service: BingxService) -> bool:
    """Tell whether anybody has used the account."""
    has_orders = service.gateway.book.orders or service.beside.book.orders
    return bool(has_orders or service.beside.stream.keys.expires_at or service.gateway.book.holdings.incomes)


def _is_shown(world: World) -> bool:
    """Tell whether somebody wrote an alert, so that quotes are asked for, or uses the account."""
    has_alerts = "tradingview" in world and bool(getattr(world["tradingview"].state, "alerts", None))
    return has_alerts or _is_used(_service(world))


def _lines(world: World) -> Sequence[str]:
    """Return the account, its positions and its newest orders."""
    service = _service(world)
    if not _is_used(service):
        return ()
    state, book, beside = service.gateway.state, service.gateway.book, service.beside
    settings = [book.holdings.config_of(symbol) for symbol in MARKETS]
    taken: list[Order | SpotOrder] = [*book.orders.values(), *beside.book.orders.values()]
    newest = sorted(taken, key=lambda order: order.created_ms)[-_SHOWN_ORDERS:]
    return [
        f"Key: {_rights(state)}",
        f"{'Hedge' if state.is_dual else 'One-way'} mode, money is {state.asset}",
        f"Stream: {len(beside.stream.listeners)} listening",
        *(f"{each.symbol}: {each.margin_mode}, {each.long_leverage}×, {each.short_leverage}×" for each in settings),
        *(_position(each) for each in _held(service)),
        *(
            f"{order.ticket.side} {plain(order.ticket.quantity)} {order.ticket.symbol} {order.ticket.type}: "
            f"{order.status}"
            for order in reversed(newest)
        ),
    ]


def _rights(state: BingxState) -> str:
    """Return what the key may do."""
    return ", ".join(_RIGHTS.get(name, name) for name in state.rights) or "nothing"


def _position(position: Position) -> str:
    held, price = plain(abs(position.quantity)), plain(round(position.average, 8))
    return f"{position.symbol} {position.direction}: {held} at {price}"


def _held(service: BingxService) -> list[Position]:
    return [each for each in service.gateway.book.holdings.positions.values() if each.quantity]


def _actions(world: World) -> Sequence[Action]:
    """Return what can happen now."""
    service = _service(world)
    if not _is_used(service):
        return ()
    book, stream = service.gateway.book, service.beside.stream
    found = [Action("fill", "Fill what rests", lambda: _fill(service))] if book.resting() else []
    for position in _held(service):
        name = f"{position.symbol}-{position.side}"
        found.append(Action(f"liquidate-{name}", f"Liquidate {name}", _liquidating(service, position)))
        found.append(Action(f"funding-{name}", f"Funding of {name}", _funding(service, position)))
    found.append(Action("expire", "End the listen keys", lambda: stream.keys.expire(list(stream.keys.expires_at))))
    found.append(Action("cut", "Cut the stream", stream.drop))
    return found


def _fill(service: BingxService) -> None:
    """Fill every order that waits for no price."""
    for order in service.gateway.book.resting():
        if order.is_triggered or not order.ticket.waits:
            service.gateway.book.fill(order)


def _liquidating(service: BingxService, position: Position) -> Callable[[], None]:
    """Return what lets BingX close a position by itself; the symbol's orders go first."""

    def act() -> None:
        book = service.gateway.book
        for order in book.resting():
            if order.ticket.symbol == position.symbol:
                book.end(order)
        ticket = closing_ticket(position.symbol, book, position.side)
        book.by_hand(ticket, price=book.prices(position.symbol).mark, kind="LIQUIDATION")

    return act


def _funding(service: BingxService, position: Position) -> Callable[[], None]:
    """Return what pays a hundredth of a percent: who is long pays it, who is short gets it."""

    def act() -> None:
        book = service.gateway.book
        amount = -position.quantity * book.prices(position.symbol).mark * _FUNDING_RATE
        book.holdings.pay("FUNDING_FEE", round(amount, 8), symbol=position.symbol)

    return act


def _once(kind: str, path: str, number: str = "") -> Fault:
    return Fault(kind=kind, path=path, code=number, times=1)


def _state(**fields: object) -> dict[str, Fields]:
    return {"bingx": fields}


BINGX = PanelControl(
    name="bingx",
    title="BingX",
    services=("bingx",),
    modes=modes(
        Mode("rate_limited", "Rate limited (100410)", "rate limited", (code("100410"),)),
        Mode("wrong", "Wrong (no prices)", "bad answer", state=_state(nulled=["lastPrice", "bidPrice", "askPrice"])),
        Mode("old", "Old quotes", "ten minutes old", state=_state(age_s=OLD_S)),
        Mode("thin", "Thin (spread 5 %)", "a wide spread", state=_state(spread_bps=500)),
        Mode("holds", "Holds fills", "orders rest until it works again", state=_state(hold_fills=True)),
        Mode("partly", "Fills a half", "half is filled at once", state=_state(fill_share=Decimal("0.5"))),
        Mode("rejects", "Rejects the next order", "it is refused (101204)", (_once("code", _ORDER, "101204"),)),
        Mode("lost", "Loses the next answer", "the order is taken, its answer is lost", (_once("after", _ORDER),)),
        Mode("leverage", "Refuses leverage", "no leverage is set (109400)", (code("109400", path=_LEVERAGE),)),
        Mode("silent", "Stream silent", "connected, and nothing is told", (Fault(kind="stream_silent"),)),
        Mode("withdraws", "Key may withdraw", "a key with too many rights", state=_state(rights=_TOO_MANY_RIGHTS)),
        Mode("reads", "Key may only read", "a key without trading", state=_state(rights=[READING])),
    ),
    figures=bingx,
    well={"bingx": _WELL},
    hint="{}.",
    lines=_lines,
    actions=_actions,
    is_shown=_is_shown,
)
