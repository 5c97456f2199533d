"""The levers at the control port: what each platform's mode and figures are, and changing them.

JSON over loopback HTTP, for the page and for tests; follows no outside page.
"""

import asyncio
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import msgspec
from aiohttp import web

from sandbox.control.answers import answer, read_body, refuse
from sandbox.forgetting import forget
from sandbox.page.panel_controls import LEVERS, Mode, PanelControl, mode_of, put_into
from sandbox.page.panel_figures import Figure
from sandbox.service import Service

_SHOWN_REQUESTS = 8
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?", re.ASCII)


class Pull(msgspec.Struct, forbid_unknown_fields=True):
    """A mode to put a platform into, figures to change, or both; what is not given stays."""

    mode: str = ""
    figures: dict[str, str] = {}


class Refusal(Exception):
    """Say what is wrong with a pull, and what would be right."""


def panel_routes(services: Mapping[str, Service], home: Path | None) -> list[web.RouteDef]:
    """Return the routes that show and move the levers.

    Args:
        services: All services by name.
        home: Where a system lives whose collectors are to ask again; None for none.
    """
    desk = _Desk(services, home)
    return [
        web.get("/levers", desk.show),
        web.post("/levers", desk.all_well),
        web.post("/levers/{name}", desk.pull),
    ]


class _Desk:
    def __init__(self, services: Mapping[str, Service], home: Path | None) -> None:
        self.services = services
        self.home = home
        self.panel_controls = {lever.name: lever for lever in LEVERS if set(lever.services) <= set(services)}
        self._one_at_a_time = asyncio.Lock()

    async def show(self, _request: web.Request) -> web.Response:
        return answer([self._shown(lever) for lever in self.panel_controls.values()])

    async def all_well(self, _request: web.Request) -> web.Response:
        changed = [
            lever for lever in self.panel_controls.values() if mode_of(lever, self.services) != lever.modes[0].name
        ]
        for lever in changed:
            await put_into(lever, lever.modes[0], self.services)
        await self._ask_again(*changed)
        return answer([self._shown(lever) for lever in self.panel_controls.values()])

    async def pull(self, request: web.Request) -> web.Response:
        lever = self.panel_controls.get(request.match_info["name"])
        if lever is None:
            return refuse(f"no such lever; there are {', '.join(self.panel_controls)}", status=404)
        pulled = await read_body(request, Pull)
        try:
            await self._do(lever, pulled)
        except Refusal as wrong:
            return refuse(f"{lever.name}: {wrong}")
        await self._ask_again(lever)
        return answer(self._shown(lever))

    async def _do(self, lever: PanelControl, pulled: Pull) -> None:
        modes = {mode.name: mode for mode in lever.modes}
        if pulled.mode and pulled.mode not in modes:
            raise Refusal(f"no mode {pulled.mode!r}; there are {', '.join(modes)}")
        figures = {figure.name: figure for figure in lever.figures(self.services)}
        for name, value in pulled.figures.items():
            if name not in figures:
                raise Refusal(f"no figure {name!r}; there are {', '.join(figures) or 'none'}")
            _check(figures[name], value)
        for name, value in pulled.figures.items():
            figures[name].write(value)
        if pulled.mode:
            await put_into(lever, modes[pulled.mode], self.services)

    async def _ask_again(self, *panel_controls: PanelControl) -> None:
        async with self._one_at_a_time:
            for lever in panel_controls:
                if lever.keeps and self.home is not None:
                    await asyncio.to_thread(forget, self.home, lever.keeps)

    def _shown(self, lever: PanelControl) -> dict[str, object]:
        requests = [seen for name in lever.services for seen in list(self.services[name].requests)[-_SHOWN_REQUESTS:]]
        return {
            "name": lever.name,
            "title": lever.title,
            "mode": mode_of(lever, self.services),
            "modes": [_mode(lever, mode) for mode in lever.modes],
            "figures": [
                {"name": figure.name, "title": figure.title, "unit": figure.unit, "value": figure.value}
                for figure in lever.figures(self.services)
            ],
            "keeps": lever.why if self.home is not None else "",
            "requests": sorted(requests, key=lambda seen: seen.at)[-_SHOWN_REQUESTS:],
        }


def _mode(lever: PanelControl, mode: Mode) -> dict[str, str]:
    hint = lever.hint.format(mode.says) if mode.says else ""
    return {"name": mode.name, "title": mode.title, "says": mode.says, "hint": hint}


def _check(figure: Figure, value: str) -> None:
    if not _NUMBER.fullmatch(value):
        raise Refusal(f"{value!r} is no number; write digits with a dot at most, such as 12345.67")
    if figure.name == "rate" and Decimal(value) <= 0:
        raise Refusal("a rate is more than nothing; write a number such as 92.32")
