"""The pretend TradingView at the control port: write alerts, let them fire, read what became of each.

Follows no outside page: TradingView has no such interface. What it sends is in `sandbox.tradingview.alerts`.
"""

import msgspec
from aiohttp import web

from sandbox.control.answers import answer, read_body, refuse
from sandbox.service import Service
from sandbox.tradingview.alerts import Alert, Alerts, Stopped, TradingViewState
from sandbox.tradingview.message import MOMENTS, SAMPLE, is_known


class Fired(msgspec.Struct, forbid_unknown_fields=True):
    """An alert fires, with values for placeholders, which are written without their braces."""

    name: str
    values: dict[str, str] = {}


class Written(msgspec.Struct, forbid_unknown_fields=True):
    """An alert as a person writes it."""

    name: str
    url: str
    message: str


def create() -> list[Service]:
    """Build the pretend TradingView."""
    state = TradingViewState()
    routes = [web.route("*", "/{path:.*}", _nothing_here)]
    service = Service("tradingview", state=state, routes=routes, faults={})
    alerts = Alerts(service, state)
    service.on_reset.append(alerts.forget)
    handlers = _Handlers(alerts)
    service.control_routes = [
        web.get("/tradingview", handlers.show),
        web.post("/tradingview/alerts", handlers.write),
        web.post("/tradingview/fire", handlers.fire),
    ]
    return [service]


class _Handlers:
    """The routes of the control port."""

    def __init__(self, alerts: Alerts) -> None:
        """Keep the alerts."""
        self.alerts = alerts

    async def show(self, _request: web.Request) -> web.Response:
        """Answer with all alerts and the log of firings, oldest first."""
        return answer({"alerts": list(self.alerts.state.alerts.values()), "log": list(self.alerts.log)})

    async def write(self, request: web.Request) -> web.Response:
        """Make an alert or write it anew."""
        new = await read_body(request, Written)
        if not new.name.strip() or not new.url.startswith(("http://", "https://")):
            return refuse("an alert needs a name, and the webhook's URL, which begins with http:// or https://")
        alert = Alert(new.name, new.url, new.message)
        self.alerts.write(alert)
        return answer(alert)

    async def fire(self, request: web.Request) -> web.Response:
        """Let an alert fire."""
        fired = await read_body(request, Fired)
        alert = self.alerts.state.alerts.get(fired.name)
        if alert is None:
            return refuse(
                f"no alert {fired.name!r}; there are: {', '.join(self.alerts.state.alerts) or 'none'}", status=404
            )
        wrong = [name for name in fired.values if not is_known(name)]
        if wrong:
            known = ", ".join((*SAMPLE, *MOMENTS, "plot_0 to plot_19", 'plot("Name")'))
            return refuse(f"TradingView has no placeholder {wrong[0]!r}; it has {known}")
        try:
            return answer(self.alerts.fire(alert, fired.values))
        except Stopped as stopped:
            return refuse(str(stopped), status=409)


async def _nothing_here(_request: web.Request) -> web.Response:
    """Answer whoever asks TradingView for something: it only sends."""
    return web.Response(status=404)
