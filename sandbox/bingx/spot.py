"""The REST interface of the pretend BingX's spot account, and what tests may order of it on the control port.

Follows BingX's documentation, "Spot, Trades Endpoints" and "Spot, Account Endpoints" (read 2026-11).

On the control port, NAME being an order's number or client id:

    GET  /bingx/spot                      all: orders, executions, coins
    POST /bingx/spot/orders/NAME/fill     quantity, price; nothing given is what remains, at the price of now
    POST /bingx/spot/orders/NAME/cancel
    POST /bingx/spot/deposit              asset, amount (below zero takes away)

Quirks of BingX that are kept: every list has a limit of its own; nothing of spot is offered on the demo's host.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

import msgspec
from aiohttp import web

from sandbox.bingx.quotes import Question
from sandbox.bingx.spot_book import NO_ORDER, SpotBook
from sandbox.bingx.spot_messages import coins, ended, execution, listed, placed, whole
from sandbox.bingx.spot_orders import SpotOrder
from sandbox.bingx.spot_requests import symbol_of, ticket_of
from sandbox.bingx.spot_requests import whole as whole_number
from sandbox.control.answers import answer, read_body, refuse
from sandbox.gateway import Refused
from sandbox.service import Service

FAULTS = {"spot_forget": "an order of spot is taken, and nothing tells of it for `seconds`"}
NOT_OFFERED = "100400"
_FOR_LONG_MS = 10**15
_ORDER = "/openApi/spot/v1/trade"
Answers = Callable[[Question], object]


class SpotMove(msgspec.Struct, forbid_unknown_fields=True):
    """What is done to an order."""

    quantity: Decimal | None = None
    price: Decimal | None = None


class Deposit(msgspec.Struct, forbid_unknown_fields=True):
    """Coins that come, or go."""

    asset: str
    amount: Decimal


class Spot:
    """Answers from one book."""

    def __init__(self, service: Service, book: SpotBook) -> None:
        """Keep the service, for its faults, and the book."""
        self.service = service
        self.book = book

    def signed(self) -> dict[tuple[str, str], Answers]:
        """Return what has to be signed: method and path to what answers."""
        answers: dict[tuple[str, str], Answers] = {
            ("POST", f"{_ORDER}/order"): self.place,
            ("POST", f"{_ORDER}/cancel"): self.cancel,
            ("POST", f"{_ORDER}/cancelOpenOrders"): self.cancel_all,
            ("GET", f"{_ORDER}/query"): self.show,
            ("GET", f"{_ORDER}/openOrders"): self.open_orders,
            ("GET", f"{_ORDER}/historyOrders"): self.history,
            ("GET", f"{_ORDER}/myTrades"): self.executions,
            ("GET", "/openApi/spot/v1/account/balance"): self.balance,
        }
        return {route: self._offered(tell) for route, tell in answers.items()}

    def place(self, question: Question) -> object:
        """Answer POST …/trade/order."""
        quote = self.book.quote(symbol_of(question.query))
        order = self.book.place(ticket_of(question.query, self.book.state, quote))
        fault = self.service.take("spot_forget", f"{_ORDER}/order/{order.ticket.client_id}")
        if fault is not None:
            order.hidden_until_ms = self.book.now_ms() + int(fault.seconds * 1000)
        return placed(order)

    def cancel(self, question: Question) -> object:
        """Answer POST …/trade/cancel."""
        order = self._named(question.query)
        if not order.is_resting:
            raise Refused(NO_ORDER, "the order does not exist or is closed")
        self.book.end(order)
        return ended(order)

    def cancel_all(self, question: Question) -> object:
        """Answer POST …/trade/cancelOpenOrders."""
        open_orders = self._open(question)
        for order in open_orders:
            self.book.end(order)
        return {"orders": [ended(order) for order in open_orders]}

    def show(self, question: Question) -> object:
        """Answer GET …/trade/query."""
        return whole(self._named(question.query))

    def open_orders(self, question: Question) -> object:
        """Answer GET …/trade/openOrders."""
        return {"orders": [listed(order) for order in self._open(question)]}

    def history(self, question: Question) -> object:
        """Answer GET …/trade/historyOrders: newest first."""
        query = question.query
        since, until = whole_number(query, "startTime", 0), whole_number(query, "endTime", _FOR_LONG_MS)
        size, page = min(whole_number(query, "pageSize", 100), 100), max(whole_number(query, "pageIndex", 1), 1)
        first = whole_number(query, "orderId", 0)
        rows = [
            order
            for order in reversed(self._told(query))
            if since <= order.created_ms <= until
            and order.order_id >= first
            and query.get("status", "") in {"", order.status}
        ]
        return {"orders": [listed(order) for order in rows[(page - 1) * size : page * size]]}

    def executions(self, question: Question) -> object:
        """Answer GET …/trade/myTrades: oldest first, after `fromId`."""
        query = question.query
        symbol = symbol_of(query)
        since, until = whole_number(query, "startTime", 0), whole_number(query, "endTime", _FOR_LONG_MS)
        after, limit = whole_number(query, "fromId", 0), min(whole_number(query, "limit", 500), 1000)
        fills = [
            fill
            for order in self._told(query)
            for fill in order.fills
            if query.get("orderId", "") in {"", str(order.order_id)}
            and fill.symbol == symbol
            and since <= fill.at_ms <= until
            and fill.number > after
        ]
        rows = sorted(fills, key=lambda fill: fill.number)[:limit]
        return {"fills": [execution(fill) for fill in rows]}

    def balance(self, _question: Question) -> object:
        """Answer GET …/account/balance."""
        return {"balances": coins(self.book)}

    def _offered(self, tell: Answers) -> Answers:
        """Look at the prices of now before an answer, and refuse all on the demo's host."""

        def tell_where_offered(question: Question) -> object:
            if self.book.state.is_demo:
                raise Refused(NOT_OFFERED, "this api is not exist")
            self.book.look()
            return tell(question)

        return tell_where_offered

    def _told(self, query: Mapping[str, str]) -> list[SpotOrder]:
        """Return the orders of a symbol, or of all, that may be told."""
        symbol = symbol_of(query) if query.get("symbol") else ""
        now_ms = self.book.now_ms()
        orders = self.book.orders.values()
        return [each for each in orders if symbol in {"", each.ticket.symbol} and each.hidden_until_ms <= now_ms]

    def _open(self, question: Question) -> list[SpotOrder]:
        return [order for order in self._told(question.query) if order.is_resting]

    def _named(self, query: Mapping[str, str]) -> SpotOrder:
        """Return the order that is asked for."""
        client_id = query.get("clientOrderID") or query.get("clientOrderId") or ""
        order = self.book.named(symbol_of(query), order_id=query.get("orderId", ""), client_id=client_id)
        if order is None or order.hidden_until_ms > self.book.now_ms():
            raise Refused(NO_ORDER, "the order does not exist")
        return order


def control_routes(book: SpotBook) -> list[web.RouteDef]:
    """Return the routes of the control port."""

    async def show(_request: web.Request) -> web.Response:
        fills = [execution(fill) for order in book.orders.values() for fill in order.fills]
        told = [whole(order) for order in book.orders.values()]
        return answer({"orders": told, "executions": fills, "coins": coins(book)})

    async def move(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        order = book.named("", order_id=name, client_id=name)
        if order is None or not order.is_resting:
            return refuse("no open order of spot with this number or client id", status=404)
        told = msgspec.json.decode(await request.read() or b"{}", type=SpotMove)
        if request.match_info["move"] == "cancel":
            book.end(order)
            return answer(whole(order))
        quote = book.quote(order.ticket.symbol)
        price = told.price or order.ticket.price or Decimal(quote.ask if order.ticket.is_buy else quote.bid)
        quantity = order.remaining if told.quantity is None else told.quantity
        book.fill(order, quantity=quantity, price=price, is_maker=order.ticket.type == "LIMIT")
        return answer(whole(order))

    async def deposit(request: web.Request) -> web.Response:
        told = await read_body(request, Deposit)
        book.move({told.asset: told.amount})
        return answer(coins(book))

    return [
        web.get("/bingx/spot", show),
        web.post("/bingx/spot/orders/{name}/{move:fill|cancel}", move),
        web.post("/bingx/spot/deposit", deposit),
    ]
