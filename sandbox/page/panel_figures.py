"""The figures of the pretend accounts, as the page's panel reads and writes them; follows no outside page."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import msgspec

from sandbox.bingx.quotes import BingxState
from sandbox.ib_gateway.state import State
from sandbox.ibkr import service as flex
from sandbox.ibkr import statement
from sandbox.service import Service
from sandbox.tbank import account as tbank_account

RATES = ("cbr", "frankfurter", "erapi")
_NANO = 10**9


class Figure(msgspec.Struct, frozen=True):
    """One figure.

    Attributes:
        name: For the control port.
        title: For a person.
        unit: What it counts.
        value: What it is now, as the platform writes it.
        write: Changes it.
    """

    name: str
    title: str
    unit: str
    value: str
    write: Callable[[str], None]


World = Mapping[str, Service]


def bybit(world: World) -> Sequence[Figure]:
    """Return the whole account's equity."""
    return [_field(world["bybit"], "total_equity", "Whole account")]


def okx(world: World) -> Sequence[Figure]:
    """Return the whole account's valuation."""
    return [_field(world["okx"], "total_usd", "Whole account")]


def tbank(world: World) -> Sequence[Figure]:
    """Return the portfolio of each open account."""
    state = world["tbank"].state
    assert isinstance(state, tbank_account.State)
    return [_portfolio(account) for account in state.accounts if account.status == "OPEN"]


def ibkr(world: World) -> Sequence[Figure]:
    """Return the net asset value of each account at its newest close."""
    state = world["ibkr"].state
    assert isinstance(state, flex.State)
    return [_net_asset_value(account) for account in state.accounts if account.rows]


def rate(world: World) -> Sequence[Figure]:
    """Return the Bank of Russia's rate; a new one goes to all sources, so that they do not contradict each other."""

    def write(value: str) -> None:
        for name in RATES:
            world[name].change({"rate": value})

    return [Figure("rate", "One dollar", "RUB", _text(getattr(world[RATES[0]].state, "rate", None)), write)]


def bingx(world: World) -> Sequence[Figure]:
    """Return the price of each symbol, and the money of perpetuals and of spot."""
    service = world["bingx"]
    state = service.state
    assert isinstance(state, BingxState)
    prices = [_price(service, state, symbol) for symbol in state.prices]
    return [*prices, _field(service, "wallet", "Perpetuals", unit=state.asset), _coin(service, state, "USDT", "Spot")]


def _price(service: Service, state: BingxState, symbol: str) -> Figure:
    """Return one symbol's price; a new one is that of bid, ask and mark, too."""

    def write(value: str) -> None:
        service.change({"prices": state.prices | {symbol: value}})

    return Figure(symbol, symbol, "USDT", state.prices[symbol], write)


def _coin(service: Service, state: BingxState, coin: str, title: str) -> Figure:
    """Return how much of a coin there is in spot."""

    def write(value: str) -> None:
        service.change({"spot": state.spot | {coin: Decimal(value)}})

    return Figure(f"spot-{coin}", title, coin, f"{state.spot.get(coin, Decimal(0)):f}", write)


def ib_gateway(world: World) -> Sequence[Figure]:
    """Return the account's cash and the price of each instrument; its spread stays when it moves."""
    service = world["ibgateway"]
    state = service.state
    assert isinstance(state, State)
    return [_field(service, "cash", "Cash"), *(_quote(service, state, name) for name in state.quotes)]


def _quote(service: Service, state: State, name: str) -> Figure:
    """Return the last price of an instrument."""
    quote = state.quotes[name]

    def write(value: str) -> None:
        """Move bid, ask and last together."""
        spread = quote.ask - quote.bid if quote.ask is not None and quote.bid is not None else Decimal(0)
        quote.bid = quote.last = Decimal(value)
        quote.ask = quote.bid + spread
        service.change({})

    return Figure(name, name, "USD", _text(quote.last), write)


def _field(service: Service, name: str, title: str, *, unit: str = "USD") -> Figure:
    def write(value: str) -> None:
        service.change({name: value})

    return Figure(name, title, unit, _text(getattr(service.state, name)), write)


def _portfolio(account: tbank_account.Account) -> Figure:
    def write(value: str) -> None:
        units, nano = divmod(abs(int(Decimal(value) * _NANO)), _NANO)
        sign = -1 if Decimal(value) < 0 else 1
        account.total = tbank_account.Money(f"{'-' if sign < 0 else ''}{units}", sign * nano)

    return Figure(account.id, f"{account.name}, {_ending(account.id)}", "RUB", _money(account.total), write)


def _net_asset_value(account: statement.Account) -> Figure:
    newest = min(account.rows, key=lambda row: int(row.report_date) if row.report_date.isdecimal() else 0)

    def write(value: str) -> None:
        newest.total = value

    title = f"Net asset value, {_ending(account.account_id)}"
    return Figure(account.account_id, title, account.currency, newest.total, write)


def _ending(number: str) -> str:
    return f"…\N{WORD JOINER}{number[-4:]}"  # no line may break between the two


def _money(money: tbank_account.Money | None) -> str:
    if money is None:
        return ""
    units = money.units.removeprefix("-")
    sign = "-" if money.units.startswith("-") or money.nano < 0 else ""
    nano = f".{abs(money.nano):09d}".rstrip("0").rstrip(".")
    return f"{sign}{units}{nano}"


def _text(value: object) -> str:
    return "" if value is None else str(value)
