"""What tests and the demo order of the pretend gateway on the control port; the service names each route."""

from decimal import Decimal

import msgspec
from aiohttp import web

from sandbox.control.answers import answer, read_body, refuse
from sandbox.ib_gateway.book import HandTrade
from sandbox.ib_gateway.contracts import BY_NAME
from sandbox.ib_gateway.gateway import Gateway
from sandbox.ib_gateway.orders import Execution, Order
from sandbox.service import Fault


class QuoteChange(msgspec.Struct, forbid_unknown_fields=True):
    """What changes of a quote; what is not given stays, null is no price."""

    bid: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    ask: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    last: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    is_delayed: bool | msgspec.UnsetType = msgspec.UNSET
    halted: bool | msgspec.UnsetType = msgspec.UNSET


class OrderMove(msgspec.Struct, forbid_unknown_fields=True):
    """What is done to an order."""

    quantity: Decimal | None = None
    price: Decimal | None = None
    reason: str = ""


class Trade(msgspec.Struct, forbid_unknown_fields=True):
    """What a person does in TWS, or the broker by itself."""

    symbol: str
    quantity: Decimal | None = None
    price: Decimal | None = None
    limit: Decimal | None = None


class Restart(msgspec.Struct, forbid_unknown_fields=True):
    """How long nobody listens, and whether the order ids begin again."""

    seconds: float
    roll_back_ids: bool = False


def routes(gateway: Gateway) -> list[web.RouteDef]:
    """Return the routes of the control port."""
    handlers = _Handlers(gateway)
    moves = "fill|cancel|reject|correct|bust|commission"
    return [
        web.get("/ibgateway", handlers.show),
        web.post("/ibgateway/quotes/{symbol}", handlers.quote),
        web.post(f"/ibgateway/orders/{{name}}/{{move:{moves}}}", handlers.move),
        web.post("/ibgateway/restart", handlers.restart),
        web.post("/ibgateway/{kind:trade|liquidate}", handlers.trade),
    ]


class _Handlers:
    """Answers from one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        """Keep the gateway."""
        self.gateway = gateway

    async def show(self, _request: web.Request) -> web.Response:
        """Tell all."""
        book = self.gateway.book
        return answer(
            {
                "clients": sorted(each.client_id for each in self.gateway.ready),
                "orders": [shown_order(each) for each in book.orders.values()],
                "executions": [shown_execution(each) for each in book.holdings.executions],
                "positions": {
                    each.instrument.name: each.quantity for each in book.holdings.positions.values() if each.quantity
                },
                "cash": self.gateway.state.cash,
                "next_id": book.next_id,
                "frames": list(self.gateway.placed),
            }
        )

    async def quote(self, request: web.Request) -> web.Response:
        """Change a quote, and fill what it reaches."""
        symbol = request.match_info["symbol"]
        quote = self.gateway.state.quotes.get(symbol)
        if quote is None:
            return refuse(f"no such symbol; there are {', '.join(self.gateway.state.quotes)}", status=404)
        change = await read_body(request, QuoteChange)
        for name in change.__struct_fields__:
            value = getattr(change, name)
            if value is not msgspec.UNSET:
                setattr(quote, name, value)
        self.gateway.quote_moved(symbol)
        return answer(quote)

    async def move(self, request: web.Request) -> web.Response:
        """Fill, end or correct an order."""
        order = self.gateway.book.named(request.match_info["name"])
        if order is None:
            return refuse("no order with this orderRef or permId", status=404)
        told = msgspec.json.decode(await request.read() or b"{}", type=OrderMove)
        book = self.gateway.book
        match request.match_info["move"]:
            case "fill":
                book.fill(order, quantity=told.quantity, price=told.price)
            case "cancel":
                book.end(order, reason=told.reason)
            case "reject":
                book.reject(order, told.reason)
            case "correct":
                book.correct(order, quantity=told.quantity, price=told.price)
            case "bust":
                book.correct(order, quantity=Decimal(0))
            case "commission":
                for execution in [each for each in self.gateway.late if each.perm_id == order.perm_id]:
                    self.gateway.tell_commission(execution)
        self.gateway.deliver()
        return answer(shown_order(order))

    async def restart(self, request: web.Request) -> web.Response:
        """Restart as at night."""
        told = await read_body(request, Restart)
        body = "roll back" if told.roll_back_ids else ""
        await self.gateway.service.add(Fault(kind="restart", seconds=told.seconds, body=body))
        return answer({})

    async def trade(self, request: web.Request) -> web.Response:
        """Trade by hand, or liquidate."""
        told = await read_body(request, Trade)
        instrument = BY_NAME.get(told.symbol)
        if instrument is None:
            return refuse(f"no such symbol; there are {', '.join(BY_NAME)}", status=404)
        held = self.gateway.book.holdings.position(instrument).quantity
        quantity = -held if told.quantity is None else told.quantity
        if not quantity:
            return refuse("there is nothing to trade; give a quantity")
        is_liquidation = request.match_info["kind"] == "liquidate"
        trade = HandTrade(instrument, quantity, told.price, told.limit, int(is_liquidation))
        order = self.gateway.book.by_hand(trade)
        self.gateway.deliver()
        return answer(shown_order(order))


def shown_order(order: Order) -> dict[str, object]:
    """Return an order as the control port shows it."""
    ticket = order.ticket
    return {
        "perm_id": order.perm_id,
        "client_id": ticket.client_id,
        "order_id": ticket.order_id,
        "ref": ticket.ref,
        "symbol": ticket.instrument.name,
        "action": ticket.action,
        "type": ticket.type,
        "quantity": ticket.quantity,
        "limit": ticket.limit,
        "stop": ticket.stop,
        "oca_group": ticket.oca_group,
        "status": order.status,
        "filled": order.filled,
        "remaining": order.remaining,
        "average": order.average,
        "is_inert": order.is_inert,
        "is_held": order.is_held,
    }


def shown_execution(execution: Execution) -> dict[str, object]:
    """Return an execution as the control port shows it."""
    return {
        "id": execution.id,
        "perm_id": execution.perm_id,
        "ref": execution.ticket.ref,
        "symbol": execution.ticket.instrument.name,
        "side": execution.side,
        "quantity": execution.quantity,
        "price": execution.price,
        "commission": execution.commission,
        "realized": execution.realized,
        "liquidation": execution.liquidation,
        "at": execution.at,
    }
