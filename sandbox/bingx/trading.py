"""What clients of the pretend BingX do with orders of perpetuals: place, cancel, look up, list.

Follows BingX's documentation, "USDT-M Perp Futures, Trade" (read 2026-11).

Quirks of BingX that are kept: an order that is done cannot be canceled, and is then called unknown; the answer to a
cancel may still tell the status of before; lists go back seven days and name the newest first.
"""

import json
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from sandbox.bingx import codes, shown
from sandbox.bingx.book import Book, Manner
from sandbox.bingx.checks import check
from sandbox.bingx.orders import Order, Ticket
from sandbox.bingx.quotes import Question, milliseconds
from sandbox.bingx.reading import number_of, symbol_of, ticket_of
from sandbox.gateway import Refused
from sandbox.service import Service

_SPAN_MS = 7 * 86_400_000
_USUAL_ROWS, _MOST_ROWS = 500, 1000
_MOST_AT_ONCE = 5
_HALF = Decimal("0.5")


class Trading:
    """Answers about orders from the book."""

    def __init__(self, service: Service, book: Book) -> None:
        """Keep the service, for its faults, and the book."""
        self.service = service
        self.book = book

    def place(self, question: Question) -> object:
        """Answer POST /openApi/swap/v2/trade/order."""
        return {"order": shown.new_order(self._placed(question, question.query), question.state)}

    def place_many(self, question: Question) -> object:
        """Answer POST /openApi/swap/v2/trade/batchOrders: what is refused is told beside what is taken."""
        orders: list[object] = []
        errors: list[object] = []
        for asked in _batch(question.query.get("batchOrders", "")):
            try:
                orders.append(shown.new_order(self._placed(question, asked), question.state))
            except Refused as refused:
                text = refused.text or codes.TEXTS.get(refused.code, "")
                errors.append({"errorCode": int(refused.code), "errorMsg": text, "order": asked})
        return {"orders": orders, "errors": errors}

    def test(self, question: Question) -> object:
        """Answer POST /openApi/swap/v2/trade/order/test: everything is checked, nothing is kept."""
        ticket = self._ticket(question.query)
        check(ticket, self.book)
        return {"order": shown.new_order(self.book.drafted(ticket), question.state)}

    def cancel(self, question: Question) -> object:
        """Answer DELETE /openApi/swap/v2/trade/order."""
        order = self._found(question)
        if order.is_resting and self.service.take("crosses", question.shown):
            self.book.fill(order)
        if not order.is_resting:
            raise Refused(codes.NO_ORDER)
        before = shown.full_order(order, question.state)
        self.book.end(order)
        return {"order": before if question.state.cancel_tells_before else shown.full_order(order, question.state)}

    def cancel_all(self, question: Question) -> object:
        """Answer DELETE /openApi/swap/v2/trade/allOpenOrders."""
        ended = self._resting(question)
        for order in ended:
            self.book.end(order)
        return {"success": [shown.full_order(order, question.state) for order in ended], "failed": None}

    def cancel_all_after(self, question: Question) -> object:
        """Answer POST /openApi/swap/v2/trade/cancelAllAfter, the dead man's switch."""
        if question.query.get("type") == "CLOSE":
            self.book.stops_all_at_ms = 0
            return {"triggerTime": 0, "status": "CLOSED", "note": "closed"}
        seconds = number_of(question.query, "timeOut")
        if question.query.get("type") != "ACTIVATE" or not 10 <= seconds <= 120:
            raise Refused(codes.WRONG_PARAMETER, "type is ACTIVATE or CLOSE, timeOut is 10 to 120 seconds")
        self.book.stops_all_at_ms = milliseconds(question.now) + seconds * 1000
        return {
            "triggerTime": self.book.stops_all_at_ms // 1000,
            "status": "ACTIVATED",
            "note": "All your perpetual pending orders will be closed automatically",
        }

    def find(self, question: Question) -> object:
        """Answer GET /openApi/swap/v2/trade/order."""
        return {"order": shown.full_order(self._found(question), question.state)}

    def find_open(self, question: Question) -> object:
        """Answer GET /openApi/swap/v2/trade/openOrder: an order that is done is unknown here."""
        order = self._found(question)
        if not order.is_resting:
            raise Refused(codes.NO_ORDER)
        return {"order": shown.full_order(order, question.state)}

    def open(self, question: Question) -> object:
        """Answer GET /openApi/swap/v2/trade/openOrders."""
        return _listed("orders", [shown.full_order(each, question.state) for each in self._resting(question)], question)

    def all(self, question: Question) -> object:
        """Answer GET /openApi/swap/v2/trade/allOrders: the newest first, of seven days at most."""
        query, first, last = question.query, *_span(question, "startTime", "endTime")
        limit, least = number_of(query, "limit", _USUAL_ROWS), number_of(query, "orderId")
        if not 0 < limit <= _MOST_ROWS:
            raise Refused(codes.WRONG_PARAMETER, "limit is 1 to 1000")
        rows = [
            order
            for order in reversed(self._visible(question))
            if first <= order.created_ms <= last and order.order_id >= least
        ]
        return _listed("orders", [shown.full_order(each, question.state) for each in rows[:limit]], question)

    def fills(self, question: Question) -> object:
        """Answer GET /openApi/swap/v2/trade/allFillOrders: of one order, or of a span of time."""
        wanted, now_ms = number_of(question.query, "orderId"), milliseconds(question.now)
        first, last = (0, now_ms + _SPAN_MS) if wanted else _span(question, "startTs", "endTs")
        rows = [
            shown.fill_row(order, fill, question.state, in_contracts=question.query.get("tradingUnit") == "CONT")
            for order in self._visible(question)
            for fill in order.fills
            if wanted in {0, order.order_id} and now_ms >= order.fills_hidden_until_ms and first <= fill.at_ms <= last
        ]
        return _listed("fill_orders", rows, question)

    def close_position(self, question: Question) -> object:
        """Answer POST /openApi/swap/v1/trade/closePosition."""
        wanted = number_of(question.query, "positionId")
        tickets = [ticket for number, ticket in self._closings() if number == wanted]
        if not tickets:
            raise Refused(codes.NOTHING_TO_CLOSE)
        order = self.book.by_hand(tickets[0])
        ticket = order.ticket
        return {
            "orderId": order.order_id,
            "positionId": str(wanted),
            "symbol": ticket.symbol,
            "side": ticket.side,
            "type": ticket.type,
            "positionSide": ticket.position_side,
            "origQty": shown.text(ticket.quantity),
        }

    def close_all(self, question: Question) -> object:
        """Answer POST /openApi/swap/v2/trade/closeAllPositions."""
        symbol = question.query.get("symbol", "")
        tickets = [ticket for _number, ticket in self._closings() if symbol in {"", ticket.symbol}]
        return {"success": [self.book.by_hand(ticket).order_id for ticket in tickets], "failed": None}

    def _placed(self, question: Question, query: Mapping[str, str]) -> Order:
        """Take an order, as the faults want it."""
        ticket, take = self._ticket(query), self.service.take
        if ticket.waits and (fault := take("refuse_leg", question.shown)) is not None:
            raise Refused(fault.code or codes.LOSS_OF_LONG, fault.body)
        if ticket.waits and question.state.forgets_stop_names:
            ticket = msgspec.structs.replace(ticket, client_id="")
        known = self.book.find(client_id=ticket.client_id)
        if known is not None:
            is_fresh = milliseconds(question.now) - known.created_ms < question.state.resubmit_s * 1000
            raise Refused(codes.SENT_TWICE if is_fresh else codes.SAME_CLIENT_ID)
        check(ticket, self.book)
        forget, late = take("forget", question.shown), take("late_fills", question.shown)
        manner = Manner(
            share=_HALF if take("partly", question.shown) else question.state.fill_share,
            hidden_ms=int(forget.seconds * 1000) if forget else 0,
            fills_hidden_ms=int(late.seconds * 1000) if late else 0,
            loses_legs=take("lose_leg", question.shown) is not None,
        )
        return self.book.place(ticket, manner)

    def _ticket(self, query: Mapping[str, str]) -> Ticket:
        return ticket_of(query, self.book.prices(symbol_of(query)))

    def _found(self, question: Question) -> Order:
        """Return the order that is named."""
        query, symbol = question.query, symbol_of(question.query)
        client_id = query.get("clientOrderId") or query.get("clientOrderID") or ""
        order = self.book.find(number_of(query, "orderId"), client_id)
        hidden_until_ms = 0 if order is None else order.hidden_until_ms
        if order is None or order.ticket.symbol != symbol or milliseconds(question.now) < hidden_until_ms:
            raise Refused(codes.NO_ORDER)
        return order

    def _visible(self, question: Question) -> list[Order]:
        """Return the orders that may be told of the symbol that is named, or of all."""
        symbol, now_ms = question.query.get("symbol", ""), milliseconds(question.now)
        if symbol:
            symbol_of(question.query)
        orders = self.book.orders.values()
        return [each for each in orders if symbol in {"", each.ticket.symbol} and now_ms >= each.hidden_until_ms]

    def _resting(self, question: Question) -> list[Order]:
        """Return the resting orders that are asked for."""
        kind = question.query.get("type", "")
        return [each for each in self._visible(question) if each.is_resting and kind in {"", each.ticket.type}]

    def _closings(self) -> list[tuple[int, Ticket]]:
        """Return each position's number and the order that closes it."""
        positions = self.book.holdings.positions.values()
        return [
            (position.position_id, closing_ticket(position.symbol, self.book, position.side)) for position in positions
        ]


def closing_ticket(symbol: str, book: Book, side: str) -> Ticket:
    """Return the market order that closes a position."""
    held = book.holdings.positions[symbol, side].quantity
    return Ticket(
        symbol=symbol,
        side="SELL" if held > 0 else "BUY",
        position_side=side,
        type="MARKET",
        quantity=abs(held),
        reduce_only=side == "BOTH",
    )


def _listed(name: str, rows: list[dict[str, object]], question: Question) -> dict[str, object]:
    """Return a list by its name, null where it is empty and the state wants it so."""
    return {name: rows or (None if question.state.empty_is_null else [])}


def _batch(text: str) -> list[dict[str, str]]:
    """Read the orders of a batch."""
    try:
        told = json.loads(text or "[]", parse_float=str, parse_int=str)
    except ValueError:
        raise Refused(codes.WRONG_PARAMETER, "batchOrders is no JSON") from None
    if not isinstance(told, list) or not 0 < len(told) <= _MOST_AT_ONCE:
        raise Refused(codes.WRONG_PARAMETER, "batchOrders is a list of 1 to 5 orders")
    return [{name: str(value) for name, value in each.items()} for each in told if isinstance(each, dict)]


def _span(question: Question, first_name: str, last_name: str) -> tuple[int, int]:
    """Return the span of time that is asked for, the last seven days where none is."""
    last = number_of(question.query, last_name, milliseconds(question.now) + 1000)
    first = number_of(question.query, first_name, last - _SPAN_MS)
    if last - first > _SPAN_MS + 1000:
        raise Refused(codes.WRONG_PARAMETER, f"{first_name} and {last_name} are seven days apart at most")
    return first, last
