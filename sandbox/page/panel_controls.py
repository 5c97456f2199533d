"""What the page's panel can do to each pretend platform: modes, in the platform's own codes, and account figures.

Follows no outside page; the codes are those of each platform's module, with the reason that the message then gives.

Quirks: a mode is recognised by what is switched on, whoever switched it; what is in nobody's table has the mode "".
The figures stay when a mode changes. Nothing keeps a headline figure equal to the sum of an account's coins.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from sandbox.ib_gateway.listening import TcpService
from sandbox.page.panel_bingx import BINGX
from sandbox.page.panel_figures import RATES, bybit, ib_gateway, ibkr, okx, rate, tbank
from sandbox.page.panel_parts import (
    LIMITED_S,
    WORKS,
    Fields,
    Mode,
    PanelControl,
    World,
    code,
    limited,
    modes,
    revoked,
    wrong,
)
from sandbox.service import Fault, Service


def _gateway_lines(world: World) -> Sequence[str]:
    """Return who is connected to the gateway, and its orders and positions."""
    service = world["ibgateway"]
    return service.lines() if isinstance(service, TcpService) else ()


def _is_gateway_used(world: World) -> bool:
    """Tell whether anybody has ever connected to the gateway."""
    return world["ibgateway"].request_count > 0


_GATEWAY_MODES = (
    Mode(WORKS, "Works"),
    Mode("restart", "Nightly restart (30 s)", "Cut off, and refuses for 30 s", (Fault(kind="restart", seconds=30.0),)),
    Mode("down", "Down", "Refuses connections", (Fault(kind="refuse"),)),
    Mode("silent", "Not logged in", "Accepts connections and says nothing", (Fault(kind="silent"),)),
    Mode("lost", "IB's servers lost (1100)", "Orders wait; 1102 when it works again", (Fault(kind="lost_servers"),)),
    Mode("lost_data", "Lost with the data (1101)", "1101 in the end", (Fault(kind="lost_servers", code="1101"),)),
    Mode("competing", "Competing session", "Somebody else has the quotes (10197)", (Fault(kind="competing"),)),
    Mode("delayed", "No live quotes", "Quotes are delayed (10167)", (Fault(kind="no_subscription"),)),
    Mode("read_only", "Read-only API", "Orders are refused (321)", (Fault(kind="read_only"),)),
    Mode("rejects", "Rejects the next order", "The next order is refused (201)", (Fault(kind="reject", times=1),)),
    Mode("frozen", "Frozen", "Reads and says nothing", (Fault(kind="hang"),)),
    Mode("holds", "Holds fills", "Orders rest until it works again", state={"ibgateway": {"hold_fills": True}}),
    Mode("partly", "Fills a half", "Half is filled at once", state={"ibgateway": {"fill_share": Decimal("0.5")}}),
    Mode("late", "Late commissions", "Told 10 s late", state={"ibgateway": {"commissions_after_s": 10.0}}),
    Mode("closed", "Exchange closed", "Orders are held (399)", state={"ibgateway": {"hours": "closed"}}),
)
_GATEWAY_WELL: Fields = {
    "hold_fills": False,
    "fill_share": Decimal(1),
    "commissions_after_s": 0.0,
    "hours": "always",
}
_NO_NUMBER = "no number in its place"
_WHEN_SENDING = ("/send", "/edit")

PANEL_CONTROLS = (
    PanelControl(
        name="tbank",
        title="T-Bank",
        services=("tbank",),
        modes=modes(
            limited(code("429", seconds=LIMITED_S)),
            revoked(code("40003")),
            wrong(_NO_NUMBER, "bad answer", {"tbank": {"nulled": ["totalAmountPortfolio"]}}),
        ),
        figures=tbank,
        well={"tbank": {"nulled": []}},
    ),
    PanelControl(
        name="ibkr",
        title="IBKR",
        services=("ibkr",),
        modes=modes(
            limited(code("1018")),
            revoked(code("1015")),
            wrong("the total is N/A", "bad answer", {"ibkr": {"total_text": "N/A"}}),
        ),
        figures=ibkr,
        well={"ibkr": {"total_text": None}},
        keeps="ibkr",
        why="A statement holds for a day. Here the bot forgets it at each change, so you see the next at once.",
    ),
    PanelControl(
        name="bybit",
        title="Bybit",
        services=("bybit",),
        modes=modes(
            limited(code("10006", seconds=LIMITED_S)),
            revoked(code("10003")),
            wrong(_NO_NUMBER, "bad answer", {"bybit": {"nulled": ["totalEquity"]}}),
        ),
        figures=bybit,
        well={"bybit": {"nulled": []}},
    ),
    PanelControl(
        name="okx",
        title="OKX",
        services=("okx",),
        modes=modes(
            limited(code("50011", headers={"Retry-After": f"{LIMITED_S:.0f}"})),
            revoked(code("50119")),
            wrong(_NO_NUMBER, "bad answer", {"okx": {"nulled": ["totalBal"]}}),
        ),
        figures=okx,
        well={"okx": {"nulled": []}},
    ),
    PanelControl(
        name="rates",
        title="Exchange rates",
        services=RATES,
        modes=modes(
            limited(Fault(kind="status", status=429)),
            wrong(
                "no dollar in the list",
                "bad answer",
                {"cbr": {"usd": False}, "frankfurter": {"rub": False}, "erapi": {"rub": False}},
            ),
        ),
        figures=rate,
        well={"cbr": {"usd": True}, "frankfurter": {"rub": True}, "erapi": {"rub": True}},
        keeps="fx",
        why="A rate holds for an hour. Here the bot forgets it at each change.",
        hint="The message will say ERROR (FX unavailable).",
    ),
    PanelControl(
        name="telegram",
        title="Telegram itself",
        services=("telegram",),
        hint="You will see {}.",
        modes=(
            Mode(WORKS, "Works"),
            Mode("slow", "Slow (5 s)", "the answer, late", (Fault(kind="slow", seconds=5.0),)),
            Mode("down", "Down", "nothing, until it works again", (Fault(kind="refuse"),)),
            Mode(
                "maintenance",
                "Maintenance (HTML 502)",
                "nothing, until it works again",
                (Fault(kind="html", status=502),),
            ),
            Mode(
                "rate_limited",
                "Too many requests (429)",
                "nothing, until it works again",
                tuple(code("429", seconds=5.0, path=path) for path in _WHEN_SENDING),
            ),
            Mode("key_revoked", "Token revoked (401)", "nothing, until a minute after it works again", (code("401"),)),
        ),
    ),
    BINGX,
    PanelControl(
        name="ibgateway",
        title="IB Gateway",
        services=("ibgateway",),
        modes=_GATEWAY_MODES,
        figures=ib_gateway,
        well={"ibgateway": _GATEWAY_WELL},
        hint="{}.",
        lines=_gateway_lines,
        is_shown=_is_gateway_used,
    ),
)


def mode_of(control: PanelControl, world: World) -> str:
    """Tell which mode a platform is in, "" where what is switched on is in no mode."""
    services = [world[name] for name in control.services]
    if any(service.latency_s or service.skew_s for service in services):
        return ""
    for mode in control.modes:
        as_in_mode = all(
            service.faults == list(mode.faults) and _has(service, _fields(control, mode, service))
            for service in services
        )
        if as_in_mode:
            return mode.name
    return ""


async def put_into(control: PanelControl, mode: Mode, world: World) -> None:
    """Put a platform into a mode: whatever was on is off, and its figures stay."""
    for name in control.services:
        service = world[name]
        await service.clear()
        service.latency_s = service.skew_s = 0.0
        service.change(_fields(control, mode, service))
        for fault in mode.faults:
            await service.add(msgspec.structs.replace(fault))


def _fields(control: PanelControl, mode: Mode, service: Service) -> Fields:
    return {**control.well.get(service.name, {}), **mode.state.get(service.name, {})}


def _has(service: Service, fields: Fields) -> bool:
    return all(getattr(service.state, name) == value for name, value in fields.items())
