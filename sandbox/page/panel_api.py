"""The panel controls at the control port: what each platform's mode and figures are, and changing them.

JSON over loopback HTTP, for the page and for tests; follows no outside page.
"""

import asyncio
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import msgspec
from aiohttp import web

from sandbox.collector_reset import reset_collector
from sandbox.control.answers import answer, read_body, refuse
from sandbox.page.panel_controls import PANEL_CONTROLS, mode_of, put_into
from sandbox.page.panel_figures import Figure
from sandbox.page.panel_parts import Mode, PanelControl
from sandbox.service import Service

_SHOWN_REQUESTS = 8
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?", re.ASCII)


class PanelChange(msgspec.Struct, forbid_unknown_fields=True):
    """A mode to put a platform into, figures to change, an action to let happen; what is not given stays."""

    mode: str = ""
    action: str = ""
    figures: dict[str, str] = {}


class Refusal(Exception):
    """Say what is wrong with a change, and what would be right."""


def panel_routes(services: Mapping[str, Service], home: Path | None) -> list[web.RouteDef]:
    """Return the routes that show and move the panel controls.

    Args:
        services: All services by name.
        home: Where a system lives whose collectors are to ask again; None for none.
    """
    handlers = _Handlers(services, home)
    return [
        web.get("/panel-controls", handlers.show),
        web.post("/panel-controls", handlers.all_well),
        web.post("/panel-controls/{name}", handlers.change),
    ]


class _Handlers:
    def __init__(self, services: Mapping[str, Service], home: Path | None) -> None:
        self.services = services
        self.home = home
        self.panel_controls = {
            control.name: control for control in PANEL_CONTROLS if set(control.services) <= set(services)
        }
        self._one_at_a_time = asyncio.Lock()

    async def show(self, _request: web.Request) -> web.Response:
        return answer(self._all_shown())

    async def all_well(self, _request: web.Request) -> web.Response:
        changed = [
            control
            for control in self.panel_controls.values()
            if mode_of(control, self.services) != control.modes[0].name
        ]
        for control in changed:
            await put_into(control, control.modes[0], self.services)
        await self._ask_again(*changed)
        return answer(self._all_shown())

    async def change(self, request: web.Request) -> web.Response:
        control = self.panel_controls.get(request.match_info["name"])
        if control is None:
            return refuse(f"no such panel control; there are {', '.join(self.panel_controls)}", status=404)
        wanted = await read_body(request, PanelChange)
        try:
            await self._apply(control, wanted)
        except Refusal as wrong:
            return refuse(f"{control.name}: {wrong}")
        await self._ask_again(control)
        return answer(self._shown(control))

    async def _apply(self, control: PanelControl, change: PanelChange) -> None:
        modes = {mode.name: mode for mode in control.modes}
        if change.mode and change.mode not in modes:
            raise Refusal(f"no mode {change.mode!r}; there are {', '.join(modes)}")
        figures = {figure.name: figure for figure in control.figures(self.services)}
        for name, value in change.figures.items():
            if name not in figures:
                raise Refusal(f"no figure {name!r}; there are {', '.join(figures) or 'none'}")
            _check(figures[name], value)
        actions = {action.name: action for action in control.actions(self.services)}
        if change.action and change.action not in actions:
            raise Refusal(f"no action {change.action!r}; there are {', '.join(actions) or 'none'}")
        for name, value in change.figures.items():
            figures[name].write(value)
        if change.action:
            actions[change.action].act()
        if change.mode:
            await put_into(control, modes[change.mode], self.services)

    async def _ask_again(self, *panel_controls: PanelControl) -> None:
        async with self._one_at_a_time:
            for control in panel_controls:
                if control.keeps and self.home is not None:
                    await asyncio.to_thread(reset_collector, self.home, control.keeps)

    def _all_shown(self) -> list[dict[str, object]]:
        shown = (control for control in self.panel_controls.values() if control.is_shown(self.services))
        return [self._shown(control) for control in shown]

    def _shown(self, control: PanelControl) -> dict[str, object]:
        requests = [seen for name in control.services for seen in list(self.services[name].requests)[-_SHOWN_REQUESTS:]]
        return {
            "name": control.name,
            "title": control.title,
            "mode": mode_of(control, self.services),
            "modes": [_mode(control, mode) for mode in control.modes],
            "figures": [
                {"name": figure.name, "title": figure.title, "unit": figure.unit, "value": figure.value}
                for figure in control.figures(self.services)
            ],
            "lines": list(control.lines(self.services)),
            "actions": [{"name": each.name, "title": each.title} for each in control.actions(self.services)],
            "keeps": control.why if self.home is not None else "",
            "requests": sorted(requests, key=lambda seen: seen.at)[-_SHOWN_REQUESTS:],
        }


def _mode(control: PanelControl, mode: Mode) -> dict[str, str]:
    hint = control.hint.format(mode.says) if mode.says else ""
    return {"name": mode.name, "title": mode.title, "says": mode.says, "hint": hint}


def _check(figure: Figure, value: str) -> None:
    if not _NUMBER.fullmatch(value):
        raise Refusal(f"{value!r} is no number; write digits with a dot at most, such as 12345.67")
    if figure.name == "rate" and Decimal(value) <= 0:
        raise Refusal("a rate is more than nothing; write a number such as 92.32")
