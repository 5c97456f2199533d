"""What tests and the demo order of the pretend BingX on the control port; the service names each route."""

from decimal import Decimal

import msgspec
from aiohttp import web

from sandbox.bingx import shown
from sandbox.bingx.book import Book
from sandbox.bingx.orders import Order, Ticket
from sandbox.bingx.state import MARKETS, BingxState
from sandbox.bingx.trading import closing_ticket
from sandbox.control.answers import answer, read_body, refuse
from sandbox.service import Service


class Move(msgspec.Struct, forbid_unknown_fields=True):
    """What is done to an order, how much and at what price; what is not given is all, and the market's."""

    quantity: Decimal | None = None
    price: Decimal | None = None
    silently: bool = False


class Price(msgspec.Struct, forbid_unknown_fields=True):
    """What a symbol costs; a price without bid and ask lets these follow, one without a mark is the mark, too."""

    last: Decimal
    bid: Decimal | None = None
    ask: Decimal | None = None
    mark: Decimal | None = None


class Trade(msgspec.Struct, forbid_unknown_fields=True):
    """What a person does in the app: below zero sells; `limit` rests; the side is the mode's where none is given."""

    symbol: str
    quantity: Decimal
    price: Decimal | None = None
    limit: Decimal | None = None
    side: str = ""


class Liquidation(msgspec.Struct, forbid_unknown_fields=True):
    """Which position BingX closes by itself."""

    symbol: str
    side: str = ""
    price: Decimal | None = None


class Payment(msgspec.Struct, forbid_unknown_fields=True):
    """Money that no order brought, below zero where it is taken."""

    amount: Decimal
    symbol: str = ""


def routes(service: Service, state: BingxState, book: Book) -> list[web.RouteDef]:
    """Return the routes of the control port."""
    handlers = _Handlers(service, state, book)
    return [
        web.get("/bingx", handlers.show),
        web.post("/bingx/prices/{symbol}", handlers.price),
        web.post("/bingx/orders/{name}/{move:fill|cancel|expire|vanish}", handlers.move),
        web.post("/bingx/trade", handlers.trade),
        web.post("/bingx/liquidate", handlers.liquidate),
        web.post("/bingx/{kind:funding|transfer}", handlers.pay),
        web.post("/bingx/margin/{symbol}", handlers.margin),
    ]


class Margin(msgspec.Struct, forbid_unknown_fields=True):
    """How a person sets a symbol in the app; what is not given stays."""

    mode: str = ""
    long: int = 0
    short: int = 0


class _Handlers:
    """Answers from one book."""

    def __init__(self, service: Service, state: BingxState, book: Book) -> None:
        """Keep the book."""
        self.service = service
        self.state = state
        self.book = book

    async def show(self, _request: web.Request) -> web.Response:
        """Tell all."""
        holdings = self.book.holdings
        return answer(
            {
                "orders": [self._order(each) for each in self.book.orders.values()],
                "positions": [shown.position_row(each, self.book) for each in holdings.positions.values()],
                "balance": shown.balance_row(self.book),
                "incomes": holdings.incomes,
                "leverages": holdings.leverages,
                "margin_modes": holdings.margin_modes,
                "is_dual": self.state.is_dual,
            }
        )

    async def price(self, request: web.Request) -> web.Response:
        """Set what a symbol costs, and fill what that reaches."""
        symbol, told = request.match_info["symbol"], await read_body(request, Price)
        if symbol not in MARKETS:
            return refuse(f"no such symbol; there are {', '.join(MARKETS)}", status=404)
        self.state.prices[symbol] = f"{told.last:f}"
        for table, figure in ((self.state.bids, told.bid), (self.state.asks, told.ask), (self.state.marks, told.mark)):
            table.pop(symbol, None)
            if figure is not None:
                table[symbol] = f"{figure:f}"
        self.book.look()
        return answer(self.book.prices(symbol))

    async def move(self, request: web.Request) -> web.Response:
        """Fill or end an order."""
        name, told = request.match_info["name"], await _move_of(request)
        order = self.book.find(int(name) if name.isdecimal() and len(name) == 19 else 0, name)
        if order is None:
            return refuse("no order with this number or client id", status=404)
        if not order.is_resting:
            return refuse(f"the order is {order.status}")
        match request.match_info["move"]:
            case "fill":
                self.book.fill(order, quantity=told.quantity, price=told.price)
            case "cancel":
                self.book.end(order, silently=told.silently)
            case "expire":
                self.book.end(order, "EXPIRED", silently=told.silently)
            case "vanish":
                self.book.end(order, silently=True)
        return answer(self._order(order))

    async def trade(self, request: web.Request) -> web.Response:
        """Trade by hand."""
        told = await read_body(request, Trade)
        if told.symbol not in MARKETS or not told.quantity:
            return refuse(f"a symbol, one of {', '.join(MARKETS)}, and a quantity that is not 0")
        bought = "LONG" if told.quantity > 0 else "SHORT"
        ticket = Ticket(
            symbol=told.symbol,
            side="BUY" if told.quantity > 0 else "SELL",
            position_side=told.side or (bought if self.state.is_dual else "BOTH"),
            type="MARKET" if told.limit is None else "LIMIT",
            quantity=abs(told.quantity),
            price=told.limit,
        )
        return answer(self._order(self.book.by_hand(ticket, price=told.price)))

    async def liquidate(self, request: web.Request) -> web.Response:
        """Let BingX close a position by itself; the symbol's orders go first."""
        told = await read_body(request, Liquidation)
        sides = [side for symbol, side in self.book.holdings.positions if symbol == told.symbol]
        wanted = [side for side in sides if told.side in {"", side}]
        if not wanted:
            return refuse(f"no such position; there are {', '.join(sides) or 'none'}", status=404)
        for order in self.book.resting():
            if order.ticket.symbol == told.symbol:
                self.book.end(order)
        ticket = closing_ticket(told.symbol, self.book, wanted[0])
        price = told.price or self.book.prices(told.symbol).mark
        return answer(self._order(self.book.by_hand(ticket, price=price, kind="LIQUIDATION")))

    async def pay(self, request: web.Request) -> web.Response:
        """Pay funding, or move money in or out."""
        told = await read_body(request, Payment)
        if request.match_info["kind"] == "funding":
            return answer(self.book.holdings.pay("FUNDING_FEE", told.amount, symbol=told.symbol))
        return answer(self.book.holdings.pay("TRANSFER", told.amount, reason="ASSET_TRANSFER"))

    async def margin(self, request: web.Request) -> web.Response:
        """Set leverage or margin mode as in the app."""
        symbol, told = request.match_info["symbol"], await read_body(request, Margin)
        if symbol not in MARKETS:
            return refuse(f"no such symbol; there are {', '.join(MARKETS)}", status=404)
        holdings = self.book.holdings
        leverages = holdings.leverages[symbol]
        leverages.long, leverages.short = told.long or leverages.long, told.short or leverages.short
        holdings.margin_modes[symbol] = told.mode or holdings.margin_modes[symbol]
        self.book.journal.config(holdings.config_of(symbol))
        return answer(holdings.config_of(symbol))

    def _order(self, order: Order) -> dict[str, object]:
        """Return an order as it is told to clients, with its fills."""
        fills = [shown.fill_row(order, fill, self.state) for fill in order.fills]
        return shown.full_order(order, self.state) | {"status": order.status, "fills": fills}


async def _move_of(request: web.Request) -> Move:
    """Read what is done to an order; nothing is all of it."""
    return msgspec.json.decode(await request.read() or b"{}", type=Move)
