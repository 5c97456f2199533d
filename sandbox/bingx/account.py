"""What clients of the pretend BingX ask of the account, and how they set its leverages and modes.

Follows BingX's documentation, "USDT-M Perp Futures, Account" and "Account and Wallet" (read 2026-11).

Quirks of BingX that are kept: an asset that is not used has empty texts; the position mode is a text; margin mode and
position mode do not change with positions or orders; no position is an empty list.
"""

from decimal import Decimal

from sandbox.bingx import codes, shown
from sandbox.bingx.book import Book
from sandbox.bingx.gateway import Told
from sandbox.bingx.orders import NOTHING, Income
from sandbox.bingx.quotes import Question, milliseconds
from sandbox.bingx.reading import number_of, symbol_of
from sandbox.bingx.signature import key_row, permissions
from sandbox.bingx.state import MARKETS
from sandbox.gateway import Refused
from sandbox.service import Service

_MODES = ("CROSSED", "ISOLATED", "SEPARATE_ISOLATED")
_TOP_UP = 10_000
_USUAL_ROWS, _MOST_ROWS = 100, 1000


class Account:
    """Answers about the account from the book."""

    def __init__(self, service: Service, book: Book) -> None:
        """Keep the service, for its faults, and the book."""
        self.service = service
        self.book = book

    def balances(self, question: Question) -> object:
        """Answer GET /openApi/swap/v3/user/balance."""
        others = ["USDT", "USDC"] if question.state.is_demo else ["USDC"]
        return [self._balance(question), *(shown.bare_balance(asset, question.state) for asset in others)]

    def balance(self, question: Question) -> object:
        """Answer GET /openApi/swap/v2/user/balance."""
        return {"balance": self._balance(question)}

    def positions(self, question: Question) -> object:
        """Answer GET /openApi/swap/v2/user/positions."""
        fault = self.service.take("empty_with_error", question.shown)
        if fault is not None:
            code = fault.code or codes.BUSY
            return Told([], int(code), fault.body or codes.TEXTS.get(code, ""))
        symbol = symbol_of(question.query) if question.query.get("symbol") else ""
        held = self.book.holdings.positions.values()
        return [shown.position_row(each, self.book) for each in held if symbol in {"", each.symbol}]

    def incomes(self, question: Question) -> object:
        """Answer GET /openApi/swap/v2/user/income: the oldest first, three months at most."""
        query = question.query
        first = number_of(query, "startTime")
        last = number_of(query, "endTime", milliseconds(question.now) + 1000)
        limit = min(number_of(query, "limit", _USUAL_ROWS), _MOST_ROWS)
        symbol, kind = query.get("symbol", ""), query.get("incomeType", "")
        rows = [
            _income_row(each, question.state.asset)
            for each in self.book.holdings.incomes
            if symbol in {"", each.symbol} and kind in {"", each.kind} and first <= each.at_ms <= last
        ]
        return rows[:limit]

    def uid(self, question: Question) -> object:
        """Answer GET /openApi/account/v1/uid."""
        return {"uid": int(question.state.uid)}

    def permissions(self, question: Question) -> object:
        """Answer GET /openApi/v1/account/apiPermissions."""
        return permissions(question.state, question.now)

    def keys(self, question: Question) -> object:
        """Answer GET /openApi/account/v1/apiKey/query."""
        return {"apiInfos": [key_row(question.state, question.now)]}

    def get_virtual_money(self, question: Question) -> object:
        """Answer POST /openApi/swap/v2/trade/getVst."""
        if not question.state.is_demo:
            raise Refused(codes.NO_ROUTE)
        self.book.holdings.pay("TRANSFER", Decimal(_TOP_UP), reason="DEPOSIT")
        return {"amount": _TOP_UP}

    def leverage(self, question: Question) -> object:
        """Answer GET /openApi/swap/v2/trade/leverage."""
        symbol = symbol_of(question.query)
        leverages, most = self.book.holdings.leverages[symbol], question.state.max_leverage
        free, last = max(NOTHING, self.book.free()), self.book.prices(symbol).last or Decimal(1)
        return {
            "symbol": symbol,
            "longLeverage": leverages.long,
            "shortLeverage": leverages.short,
            "maxLongLeverage": most,
            "maxShortLeverage": most,
            "availableLongVol": shown.text(free * leverages.long / last),
            "availableShortVol": shown.text(free * leverages.short / last),
            "availableLongVal": shown.text(free * leverages.long),
            "availableShortVal": shown.text(free * leverages.short),
            "maxPositionLongVal": "100000000",
            "maxPositionShortVal": "100000000",
        }

    def set_leverage(self, question: Question) -> object:
        """Answer POST /openApi/swap/v2/trade/leverage: of one side in hedge mode, of both in one-way mode."""
        symbol, side = symbol_of(question.query), question.query.get("side", "")
        wanted = number_of(question.query, "leverage")
        if side not in ({"LONG", "SHORT"} if question.state.is_dual else {"BOTH"}):
            text = "side is LONG or SHORT in the Hedge mode, BOTH in the One-way mode"
            raise Refused(codes.WRONG_PARAMETER, text)
        if wanted < 1:
            raise Refused(codes.WRONG_PARAMETER, "leverage must be at least 1")
        if wanted > question.state.max_leverage:
            raise Refused(codes.TOO_MUCH_LEVERAGE, f"The maximum leverage is {question.state.max_leverage}")
        leverages, holdings = self.book.holdings.leverages[symbol], self.book.holdings
        moved = [each for each in holdings.positions.values() if each.symbol == symbol]
        moved = [each for each in moved if side in {each.side, each.direction}]
        if sum((each.margin * each.leverage / wanted - each.margin for each in moved), NOTHING) > self.book.free():
            raise Refused(codes.NO_MARGIN)
        if side != "SHORT":
            leverages.long = wanted
        if side != "LONG":
            leverages.short = wanted
        for position in moved:
            position.leverage = wanted
        self.book.journal.config(holdings.config_of(symbol))
        return {"symbol": symbol, "leverage": wanted}

    def margin_mode(self, question: Question) -> object:
        """Answer GET /openApi/swap/v2/trade/marginType."""
        return {"marginType": self.book.holdings.margin_modes[symbol_of(question.query)]}

    def set_margin_mode(self, question: Question) -> object:
        """Answer POST /openApi/swap/v2/trade/marginType; no data."""
        symbol, wanted = symbol_of(question.query), question.query.get("marginType", "")
        modes = self.book.holdings.margin_modes
        if wanted not in _MODES:
            raise Refused(codes.WRONG_PARAMETER, f"marginType is one of {', '.join(_MODES)}")
        if wanted != modes[symbol] and self._is_busy(symbol):
            text = "The margin mode cannot be changed with open positions or orders"
            raise Refused(codes.WRONG_PARAMETER, text)
        modes[symbol] = wanted
        self.book.journal.config(self.book.holdings.config_of(symbol))
        return None

    def position_mode(self, question: Question) -> object:
        """Answer GET /openApi/swap/v1/positionSide/dual."""
        return {"dualSidePosition": str(question.state.is_dual).lower()}

    def set_position_mode(self, question: Question) -> object:
        """Answer POST /openApi/swap/v1/positionSide/dual."""
        wanted = question.query.get("dualSidePosition", "")
        if wanted not in {"true", "false"}:
            raise Refused(codes.WRONG_PARAMETER, "dualSidePosition is true or false")
        if (wanted == "true") != question.state.is_dual and any(self._is_busy(symbol) for symbol in MARKETS):
            raise Refused(codes.HAS_POSITIONS)
        question.state.is_dual = wanted == "true"
        return {"dualSidePosition": wanted}

    def _balance(self, question: Question) -> dict[str, object]:
        """Return the money's row."""
        if self.service.take("empty_balances", question.shown) is not None:
            return shown.bare_balance(question.state.asset, question.state)
        return shown.balance_row(self.book)

    def _is_busy(self, symbol: str) -> bool:
        """Return whether a symbol has positions or orders."""
        ordered = [order.ticket.symbol for order in self.book.resting()]
        return symbol in {*ordered, *(held for held, _side in self.book.holdings.positions)}


def _income_row(income: Income, asset: str) -> dict[str, object]:
    """Write what moved the money."""
    return {
        "symbol": income.symbol,
        "incomeType": income.kind,
        "income": shown.text(income.amount),
        "asset": asset,
        "info": income.text,
        "time": income.at_ms,
        "tranId": str(income.number),
        "tradeId": income.trade_id,
    }
