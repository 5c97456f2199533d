"""The control port: switches faults, states and settings of the pretend services while they run.

JSON over loopback HTTP, for tests, the demo and chaos tools; follows no outside page. A wrong request is answered with
400 and {"error": ...} that says what would be right.

Quirks: only 127.0.0.1 and localhost are accepted as Host, so that no web page in a browser can reach it by a name of
its own; and no page but the sandbox's own may send anything.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from sandbox.control.answers import answer, read_body, refuse
from sandbox.control.change_event import ChangeEvent
from sandbox.page.panel_api import panel_routes
from sandbox.page.routes import page_routes
from sandbox.service import Fault, Handler, Service, UnknownFaultError, UnknownFieldError

_SHOWN_REQUESTS = 200


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """How slow a service is and how wrong its clock, seconds; what is not given stays."""

    latency_s: float | None = None
    skew_s: float | None = None


def control_application(services: Sequence[Service], home: Path | None = None) -> web.Application:
    """Build the control port's application: the general routes, the page, and the routes that the services bring.

    Args:
        services: All services.
        home: Where a system lives that looks at them; None for none.
    """
    change_event, named = ChangeEvent(), {service.name: service for service in services}
    handlers = _Handlers(named)
    application = web.Application(middlewares=[_say_what_is_wrong, _signalling(change_event)])
    application.add_routes(
        [
            web.get("/services", handlers.names),
            web.get("/services/{name}", handlers.show),
            web.patch("/services/{name}/state", handlers.change),
            web.put("/services/{name}/settings", handlers.set),
            web.post("/services/{name}/faults", handlers.add_fault),
            web.delete("/services/{name}/faults", handlers.clear_faults),
            web.post("/reset", handlers.reset),
        ]
    )
    application.add_routes(page_routes(change_event))
    application.add_routes(panel_routes(named, home))
    for service in services:
        application.add_routes(service.control_routes)
        service.on_traffic = change_event.signal
    return application


@web.middleware
async def _say_what_is_wrong(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.host.rsplit(":", 1)[0] not in {"127.0.0.1", "localhost"}:
        return refuse("the control port answers to 127.0.0.1 and localhost only", status=403)
    if request.headers.get("Origin", f"http://{request.host}") != f"http://{request.host}":
        return refuse("the control port answers to its own page only", status=403)
    try:
        return await handler(request)
    except (msgspec.DecodeError, UnknownFaultError, UnknownFieldError) as error:
        return refuse(str(error))
    except web.HTTPException as error:
        return refuse(f"{request.method} {request.path}: {error.reason}", status=error.status)


def _signalling(change_event: ChangeEvent) -> Middleware:
    @web.middleware
    async def signal(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        finally:
            if request.method != "GET":
                change_event.signal()

    return signal


class _Handlers:
    def __init__(self, services: dict[str, Service]) -> None:
        self.services = services

    def _service(self, request: web.Request) -> Service:
        service = self.services.get(request.match_info["name"])
        if service is None:
            raise web.HTTPNotFound(reason=f"no such service; there are {', '.join(self.services)}")
        return service

    async def names(self, _request: web.Request) -> web.Response:
        return answer(
            [
                {"name": service.name, "url": service.url, "kinds": service.kinds, "faults": service.faults}
                for service in self.services.values()
            ]
        )

    async def show(self, request: web.Request) -> web.Response:
        service = self._service(request)
        return answer(
            {
                "name": service.name,
                "url": service.url,
                "state": service.state,
                "faults": service.faults,
                "kinds": service.kinds,
                "latency_s": service.latency_s,
                "skew_s": service.skew_s,
                "request_count": service.request_count,
                "requests": list(service.requests)[-_SHOWN_REQUESTS:],
            }
        )

    async def change(self, request: web.Request) -> web.Response:
        service = self._service(request)
        service.change(await read_body(request, dict[str, object]))
        return answer(service.state)

    async def set(self, request: web.Request) -> web.Response:
        service = self._service(request)
        settings = await read_body(request, Settings)
        if settings.latency_s is not None:
            service.latency_s = settings.latency_s
        if settings.skew_s is not None:
            service.skew_s = settings.skew_s
        return answer({"latency_s": service.latency_s, "skew_s": service.skew_s})

    async def add_fault(self, request: web.Request) -> web.Response:
        service = self._service(request)
        await service.add(await read_body(request, Fault))
        return answer(service.faults)

    async def clear_faults(self, request: web.Request) -> web.Response:
        service = self._service(request)
        await service.clear()
        return answer(service.faults)

    async def reset(self, _request: web.Request) -> web.Response:
        for service in self.services.values():
            await service.reset()
        return answer({})
