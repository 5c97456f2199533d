"""What stands beside the pretend BingX's perpetuals: the spot account and the stream, put into the service.

Follows no outside page.
"""

from collections.abc import Callable

from aiohttp import web

from sandbox.bingx import spot, stream
from sandbox.bingx.journal import Journal
from sandbox.bingx.spot import Answers, Spot
from sandbox.bingx.spot_book import SpotBook
from sandbox.bingx.state import BingxState
from sandbox.bingx.stream import Stream
from sandbox.service import Handler, Service

FAULTS: dict[str, str] = spot.FAULTS | stream.FAULTS


def add_spot_and_stream(
    service: Service, state: BingxState, journal: Journal, signed: Callable[[Answers], Handler]
) -> Stream:
    """Add the routes of spot and of the stream, on the exchange and on the control port.

    Args:
        service: The service; what its other routes do is told on the stream.
        state: Its state.
        journal: Where perpetuals say what happens.
        signed: Makes the handler of what has to be signed.

    Returns:
        The stream, whose `configs` and `on_look` perpetuals may set.
    """
    book, told = SpotBook(state, service.now), Stream(service, state)
    book.listeners.append(told.hear_spot)
    journal.listeners.append(told.hear)
    told.on_look.append(book.look)
    routes = [web.route(verb, path, signed(tell)) for (verb, path), tell in Spot(service, book).signed().items()]
    routes = [web.route(each.method, each.path, told.around(each.handler)) for each in [*routes, *service.routes]]
    service.routes[:] = [*told.routes(), *routes]
    service.control_routes += [*spot.control_routes(book), *told.control_routes()]
    service.on_reset += [book.reset, told.reset]
    return told
