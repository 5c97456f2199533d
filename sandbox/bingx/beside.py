"""What stands beside the pretend BingX's perpetuals: the spot account and the stream, put into the service.

Follows no outside page.
"""

from aiohttp import web

from sandbox.bingx import spot, stream
from sandbox.bingx.gateway import Gateway
from sandbox.bingx.spot import Spot
from sandbox.bingx.spot_book import SpotBook
from sandbox.bingx.state import MARKETS, READING, SPOT_TRADING, BingxState
from sandbox.bingx.stream import Stream
from sandbox.service import Service

FAULTS: dict[str, str] = spot.FAULTS | stream.FAULTS


def add_spot_and_stream(service: Service, state: BingxState, gateway: Gateway) -> None:
    """Add the routes of spot and of the stream, on the exchange and on the control port.

    Args:
        service: The service; what its other routes do is told on the stream.
        state: Its state.
        gateway: Makes the handler of what has to be signed, and has the book of perpetuals.
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
    routes = [web.route(each.method, each.path, told.around(each.handler)) for each in [*routes, *service.routes]]
    service.routes[:] = [*told.routes(), *routes]
    service.control_routes += [*spot.control_routes(book), *told.control_routes()]
    service.on_reset += [book.reset, told.reset]
