"""The pretend venue over HTTP, and what tests may order of it on the control port.

    POST   /accounts/A/orders           take an order      422 refused · 409 the client id is taken · 429 later
    GET    /accounts/A/orders/C         find it            404 none of that client id
    DELETE /accounts/A/orders/C         cancel it; what it is then
    GET    /accounts/A/{working,positions,balances,executions}
    GET    /quotes/S · /instruments/S · /whoami · /events?after=N

On the control port: GET /venue/A, all of its orders and positions; POST /venue/A/C/{fill,cancel,correct,bust,vanish} ·
/venue/A/{trade,liquidate} · /venue/quotes/S.
What is lost, late or cut is `sandbox.faults`'; the venue's own troubles are FAULTS.
"""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from aiohttp import web

from sandbox.pretend_venue.book import Asked, Book, DuplicateOrder, Order, Quote, RefusedOrder
from sandbox.service import Service

FAULTS = {
    "duplicate": "the order is taken, and the answer says that its client id is taken",
    "forget": "the order is taken, and a look-up does not find it for `seconds`",
    "partly": "half of a market order is filled, and the rest never",
    "silent": "nothing is said of it in the stream of events",
    "twice": "the stream says everything twice, and the newest first",
    "refuse_leg": "an order that is a leg is refused",
    "empty_with_error": "an empty list of positions with an error beside it",
    "ban": "429, and not before `seconds`",
}


class State(msgspec.Struct):
    """What tests may set."""

    quotes: dict[str, Quote]
    is_live: bool = False


class Move(msgspec.Struct):
    """What the control port is told."""

    quantity: Decimal | None = None
    price: Decimal | None = None
    symbol: str = ""


def create() -> list[Service]:
    """Build the pretend venue."""
    state = State(quotes=_quotes())
    service = Service("venue", state=state, routes=[], faults=FAULTS)
    venue = _Venue(service, state)
    service.on_reset.append(venue.reset)
    service.routes += [
        web.post("/accounts/{account}/orders", venue.place),
        web.get("/accounts/{account}/orders/{client_id}", venue.find),
        web.delete("/accounts/{account}/orders/{client_id}", venue.cancel),
        web.get("/accounts/{account}/{part:working|positions|balances|executions}", venue.read),
        web.get("/quotes/{symbol}", venue.quote),
        web.get("/instruments/{symbol}", venue.instrument),
        web.get("/whoami", venue.whoami),
        web.get("/events", venue.events),
        web.get("/orders/{account}", venue.taken),
    ]
    service.control_routes = [
        web.get("/venue/{account}", venue.show),
        web.post("/venue/quotes/{symbol}", venue.move_quote),
        web.post("/venue/{account}/{move:trade|liquidate}", venue.trade),
        web.post("/venue/{account}/{client_id}/{move:fill|cancel|correct|bust|vanish}", venue.move),
    ]
    return [service]


def _quotes() -> dict[str, Quote]:
    return {"BTC-USDT": Quote(bid=Decimal(49_990), ask=Decimal(50_010), last=Decimal(50_000))}


class _Venue:
    """Answers from the book, as the faults want it."""

    def __init__(self, service: Service, state: State) -> None:
        self.service = service
        self.state = state
        self.book = Book(state.quotes)

    def reset(self) -> None:
        self.book.forget()
        self.book.quotes = self.state.quotes

    async def place(self, request: web.Request) -> web.StreamResponse:
        account = request.match_info["account"]
        if (ban := self.service.take("ban", request.path)) is not None:
            return _json({"code": "LATER"}, status=429, headers={"Retry-After": f"{ban.seconds:g}"})
        asked = msgspec.json.decode(await request.read(), type=Asked)
        if asked.leg not in _NO_LEGS and self.service.take("refuse_leg", request.path):
            return _json({"code": "REFUSED", "text": "no legs today"}, status=422)
        forget = self.service.take("forget", request.path)
        share = Decimal("0.5") if self.service.take("partly", request.path) else Decimal(1)
        try:
            order = self.book.place(account, asked, share=share, hidden_s=forget.seconds if forget else 0)
        except DuplicateOrder:
            return _json({"code": "DUPLICATE"}, status=409)
        except RefusedOrder as refused:
            return _json({"code": "REFUSED", "text": str(refused)}, status=422)
        if self.service.take("duplicate", request.path):
            return _json({"code": "DUPLICATE"}, status=409)
        return _json(order)

    async def find(self, request: web.Request) -> web.StreamResponse:
        order = self._order(request)
        if order is None or (order.hidden_until is not None and datetime.now(UTC) < order.hidden_until):
            return _json({"code": "NO_SUCH_ORDER"}, status=404)
        return _json(order)

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        order = self._order(request)
        if order is None:
            return _json({"code": "NO_SUCH_ORDER"}, status=404)
        self.book.end(request.match_info["account"], order, "CANCELED")
        return _json(order)

    async def read(self, request: web.Request) -> web.StreamResponse:
        account, part = self.book.account(request.match_info["account"]), request.match_info["part"]
        if part == "positions":
            if self.service.take("empty_with_error", request.path):
                return _json({"error": "positions cannot be read now", "items": []})
            return _json({"items": [[symbol, str(held)] for symbol, held in account.positions.items() if held]})
        if part == "balances":
            return _json({"items": [["USDT", str(account.cash)]]})
        if part == "working":
            return _json({"items": [each for each in account.orders.values() if each.status in _WORKING]})
        return _json({"items": [fill for each in account.orders.values() for fill in each.fills]})

    async def quote(self, request: web.Request) -> web.StreamResponse:
        quote = self.book.quotes.get(request.match_info["symbol"])
        return _json({"code": "NO_SUCH_SYMBOL"}, status=404) if quote is None else _json(quote)

    async def instrument(self, request: web.Request) -> web.StreamResponse:
        symbol = request.match_info["symbol"]
        known = {each.replace("-", ""): each for each in self.book.quotes}
        if symbol not in known:
            return _json({"code": "NO_SUCH_SYMBOL"}, status=404)
        return _json({"symbol": known[symbol], "step": "0.001"})

    async def whoami(self, _request: web.Request) -> web.StreamResponse:
        return _json({"is_live": self.state.is_live})

    async def events(self, request: web.Request) -> web.StreamResponse:
        after = int(request.query.get("after", "0"))
        newer = [each for each in self.book.journal if each.number > after]
        told = [] if self.service.take("silent", request.path) else newer
        if self.service.take("twice", request.path):
            told = [*reversed(newer), *newer]
        return _json({"events": told, "next": len(self.book.journal)})

    async def taken(self, request: web.Request) -> web.StreamResponse:
        orders = self.book.account(request.match_info["account"]).orders.values()
        return _json({"client_ids": [each.asked.client_id for each in orders if each.asked.client_id]})

    async def show(self, request: web.Request) -> web.StreamResponse:
        account = self.book.account(request.match_info["account"])
        return _json({"orders": list(account.orders.values()), "positions": account.positions})

    async def move_quote(self, request: web.Request) -> web.StreamResponse:
        quote = msgspec.json.decode(await request.read(), type=Quote)
        self.book.move_quote(request.match_info["symbol"], quote)
        return _json({})

    async def trade(self, request: web.Request) -> web.StreamResponse:
        move, account = msgspec.json.decode(await request.read(), type=Move), request.match_info["account"]
        held = self.book.account(account).positions.get(move.symbol, Decimal(0))
        note = "LIQUIDATION" if request.match_info["move"] == "liquidate" else ""
        self.book.trade_by_hand(account, move.symbol, -held if move.quantity is None else move.quantity, note=note)
        return _json({})

    async def move(self, request: web.Request) -> web.StreamResponse:
        order, account = self._order(request), request.match_info["account"]
        if order is None:
            return _json({"error": "there is no such order"}, status=400)
        told = msgspec.json.decode(await request.read() or b"{}", type=Move)
        match request.match_info["move"]:
            case "fill":
                rest = order.asked.quantity - order.filled
                self.book.fill(account, order, quantity=told.quantity or rest, price=told.price)
            case "cancel":
                self.book.end(account, order, "CANCELED")
            case "correct":
                self.book.correct(account, order, price=told.price, quantity=told.quantity)
            case "bust":
                self.book.correct(account, order, price=None, quantity=Decimal(0))
            case "vanish":
                del self.book.account(account).orders[order.asked.client_id]
        return _json(order)

    def _order(self, request: web.Request) -> Order | None:
        account = self.book.account(request.match_info["account"])
        return account.orders.get(request.match_info["client_id"])


_NO_LEGS = frozenset({"", "ENTRY", "EXIT"})
_WORKING = frozenset({"NEW", "PARTIALLY_FILLED"})


def _json(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json", headers=headers)
