"""What stands beside the pretend BingX's perpetuals: the spot account and the stream, and what else clients ask first.

Follows BingX's documentation, "Wallet, Query currency deposit and withdrawal data" (read 2026-11).
"""

import msgspec
from aiohttp import web

from sandbox.bingx import spot, stream
from sandbox.bingx.gateway import Gateway
from sandbox.bingx.quotes import Question
from sandbox.bingx.spot import Spot
from sandbox.bingx.spot_book import SpotBook
from sandbox.bingx.state import MARKETS, READING, SPOT_TRADING, BingxState
from sandbox.bingx.stream import Stream
from sandbox.service import Service

FAULTS: dict[str, str] = spot.FAULTS | stream.FAULTS


class Beside(msgspec.Struct, frozen=True):
    """The spot account's book, and the stream."""

    book: SpotBook
    stream: Stream


def add_spot_and_stream(service: Service, state: BingxState, gateway: Gateway) -> Beside:
    """Add the routes of spot and of the stream, on the exchange and on the control port.

    Args:
        service: The service; what its other routes do is told on the stream.
        state: Its state.
        gateway: Makes the handler of what has to be signed, and has the book of perpetuals.

    Returns:
        What was added.
    """
    book, told, perpetuals = SpotBook(state, service.now), Stream(service, state), gateway.book
    book.listeners.append(told.hear_spot)
    perpetuals.journal.listeners.append(told.hear)
    told.on_look.append(book.look)
    told.configs = lambda: [perpetuals.holdings.config_of(symbol) for symbol in MARKETS]
    routes = [
        web.route(verb, path, gateway.signed(tell, READING if verb == "GET" else SPOT_TRADING))
        for (verb, path), tell in Spot(service, book).signed().items()
    ]
    routes += [
        web.get("/openApi/cswap/v1/market/contracts", gateway.open(_no_contracts)),
        web.get("/openApi/wallets/v1/capital/config/getall", gateway.signed(_coins, READING)),
    ]
    routes = [web.route(each.method, each.path, told.around(each.handler)) for each in [*routes, *service.routes]]
    service.routes[:] = [*told.routes(), *routes]
    service.control_routes += [*spot.control_routes(book), *told.control_routes()]
    service.on_reset += [book.reset, told.reset]
    return Beside(book, told)


def _no_contracts(_question: Question) -> object:
    """Answer that there are no coin-margined contracts."""
    return []


def _coins(_question: Question) -> object:
    """Answer GET …/capital/config/getall: the coins, and the network that each is moved by."""
    names = sorted({name for symbol in MARKETS for name in symbol.split("-")})
    return [_coin(name) for name in names]


def _coin(name: str) -> dict[str, object]:
    """Return a coin that neither comes nor goes."""
    network = {
        "name": name,
        "network": name,
        "isDefault": True,
        "minConfirm": 1,
        "withdrawEnable": False,
        "depositEnable": False,
        "withdrawFee": "0.1",
        "withdrawMin": "1",
        "withdrawMax": "1000",
        "depositMin": "0.1",
    }
    return {"coin": name, "name": name, "networkList": [network]}
