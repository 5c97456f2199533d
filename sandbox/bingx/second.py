"""The second account of the pretend BingX: at the same exchange, with a key, a number, money and a stream of its own.

On the control port: GET /bingx/second tells all of it, as GET /bingx does of the first.

Follows no outside page.

Quirks: prices, faults and how BingX behaves are everybody's; whose a request is, its key tells, and a stream's listen
key. Limits on calls are an account's own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from aiohttp import web

from sandbox.bingx.state import BingxState
from sandbox.service import Handler, Service

API_KEY = "sandboxBingxSecondKey000000000000000000000000000000000000000000"
API_SECRET = "sandboxBingxSecondSecret0000000000000000000000000000000000000000"
UID = "1290398765432109"
OWN: Final = frozenset({"api_key", "api_secret", "uid", "wallet", "is_dual", "spot"})
"""What each of the two accounts has for itself; the rest of the state is the exchange's."""


class SecondState(BingxState):
    """The second account's state, beside what it shares with the first."""

    api_key: str = API_KEY
    api_secret: str = API_SECRET
    uid: str = UID


class Behind(Service):
    """What stands in the place of a service for the second account: the first one's clock and faults, no port."""

    first: Service

    def now(self) -> datetime:
        """Return the first one's clock."""
        return self.first.now()


def behind(first: Service, state: SecondState) -> Behind:
    """Make what stands in the place of a service for the second account.

    Args:
        first: The service that listens.
        state: The second account's.
    """
    made = Behind(first.name, state=state, routes=[], faults={})
    made.first, made.faults = first, first.faults
    return made


def share(first: BingxState, second: SecondState) -> None:
    """Let the exchange be the same for both.

    Args:
        first: The first account's state, which is set.
        second: The second one's.
    """
    for field in msgspec.structs.fields(first):
        if field.name not in OWN:
            setattr(second, field.name, getattr(first, field.name))


def forget(second: SecondState) -> None:
    """Bring what is the second account's own back to the start.

    Args:
        second: Its state.
    """
    fresh = SecondState()
    for name in OWN:
        setattr(second, name, getattr(fresh, name))


def told_apart(
    first: Sequence[web.RouteDef], second: Sequence[web.RouteDef], of_second: "IsSecond"
) -> list[web.RouteDef]:
    """Return routes that answer whoever asks from their own account.

    Args:
        first: The first account's routes.
        second: The second one's, in the same order.
        of_second: Tells whose a request is.
    """
    pairs = zip(first, second, strict=True)
    return [web.route(mine.method, mine.path, _either(mine.handler, its.handler, of_second)) for mine, its in pairs]


class IsSecond:
    """Tells whether a request is of the second account."""

    def __init__(self, state: SecondState) -> None:
        """Keep what tells.

        Args:
            state: The second account's.
        """
        self.state = state
        self.listen_keys: dict[str, datetime] = {}

    def __call__(self, request: web.Request) -> bool:
        """Tell it by the key, or by the listen key.

        Args:
            request: The request.
        """
        key = request.headers.get("X-BX-APIKEY", "")
        return key == self.state.api_key or request.query.get("listenKey", "") in self.listen_keys


def _either(first: Handler, second: Handler, of_second: IsSecond) -> Handler:
    """Return a handler that has one of two answer."""

    async def handle(request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        return await (second if of_second(request) else first)(request)

    return handle
