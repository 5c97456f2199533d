"""What the page's panel can do to each pretend platform: modes, in the platform's own codes, and account figures.

Follows no outside page; the codes are those of each platform's module, with the reason that the message then gives.

Quirks: a mode is recognised by what is switched on, whoever switched it; what is in nobody's table has the mode "".
The figures stay when a mode changes. Nothing keeps a headline figure equal to the sum of an account's coins.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import msgspec

from sandbox.ib_gateway.listening import TcpService
from sandbox.page.panel_figures import RATES, Figure, bingx, bybit, ib_gateway, ibkr, okx, rate, tbank
from sandbox.service import Fault, Service

WORKS = "works"
SLOW_S = 30.0
LIMITED_S = 15.0
OLD_S = 600.0
World = Mapping[str, Service]
Fields = dict[str, object]


class Mode(msgspec.Struct, frozen=True):
    """One way for a platform to be.

    Attributes:
        name: For the control port.
        title: For a person.
        says: The reason that the product has for it, or what a person will see.
        faults: What is switched on, at each service of the platform.
        state: Service to the fields of its state that differ from the platform's `well`.
    """

    name: str
    title: str
    says: str = ""
    faults: tuple[Fault, ...] = ()
    state: dict[str, Fields] = {}


class PanelControl(msgspec.Struct, frozen=True, kw_only=True):
    """One platform.

    Attributes:
        name: For the control port.
        title: For a person.
        services: The sandbox's services behind it.
        modes: What it can be, the first one is that all is well.
        figures: Reads the figures that its accounts have now.
        well: The fields that modes touch, as they are when all is well.
        keeps: The collector that may keep an answer for hours, and has to be told to ask again.
        why: What a person is told about that.
        hint: What a person is told about a mode; the braces stand for what it `says`.
        lines: What else a person may want to see, a line for each thing.
        is_shown: Whether there is any use for it in this world.
    """

    name: str
    title: str
    services: tuple[str, ...]
    modes: tuple[Mode, ...]
    figures: Callable[[World], Sequence[Figure]] = lambda _world: ()
    well: dict[str, Fields] = {}
    keeps: str = ""
    why: str = ""
    hint: str = "The message will say ERROR ({})."
    lines: Callable[[World], Sequence[str]] = lambda _world: ()
    is_shown: Callable[[World], bool] = lambda _world: True


def _modes(*own: Mode) -> tuple[Mode, ...]:
    return (
        Mode(WORKS, "Works"),
        Mode("slow", "Slow", "timeout", (Fault(kind="slow", seconds=SLOW_S),)),
        Mode("down", "Down", "unreachable", (Fault(kind="refuse"),)),
        Mode("maintenance", "Maintenance (HTML 502)", "maintenance", (Fault(kind="html", status=502),)),
        Mode("broken", "Broken (garbage)", "bad answer", (Fault(kind="garbage"),)),
        *own,
    )


def _code(code: str, *, seconds: float = 0.0, headers: dict[str, str] | None = None, path: str = "") -> Fault:
    return Fault(kind="code", code=code, seconds=seconds, headers=headers or {}, path=path)


def _limited(fault: Fault) -> Mode:
    return Mode("rate_limited", "Rate limited", "rate limited", (fault,))


def _revoked(fault: Fault) -> Mode:
    return Mode("key_revoked", "Key revoked", "bad key", (fault,))


def _wrong(title: str, says: str, state: dict[str, Fields]) -> Mode:
    return Mode("wrong", f"Wrong ({title})", says, state=state)


def _trades(world: World) -> bool:
    """Tell whether somebody wrote an alert, so that quotes are asked for."""
    return "tradingview" in world and bool(getattr(world["tradingview"].state, "alerts", None))


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
        modes=_modes(
            _limited(_code("429", seconds=LIMITED_S)),
            _revoked(_code("40003")),
            _wrong(_NO_NUMBER, "bad answer", {"tbank": {"nulled": ["totalAmountPortfolio"]}}),
        ),
        figures=tbank,
        well={"tbank": {"nulled": []}},
    ),
    PanelControl(
        name="ibkr",
        title="IBKR",
        services=("ibkr",),
        modes=_modes(
            _limited(_code("1018")),
            _revoked(_code("1015")),
            _wrong("the total is N/A", "bad answer", {"ibkr": {"total_text": "N/A"}}),
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
        modes=_modes(
            _limited(_code("10006", seconds=LIMITED_S)),
            _revoked(_code("10003")),
            _wrong(_NO_NUMBER, "bad answer", {"bybit": {"nulled": ["totalEquity"]}}),
        ),
        figures=bybit,
        well={"bybit": {"nulled": []}},
    ),
    PanelControl(
        name="okx",
        title="OKX",
        services=("okx",),
        modes=_modes(
            _limited(_code("50011", headers={"Retry-After": f"{LIMITED_S:.0f}"})),
            _revoked(_code("50119")),
            _wrong(_NO_NUMBER, "bad answer", {"okx": {"nulled": ["totalBal"]}}),
        ),
        figures=okx,
        well={"okx": {"nulled": []}},
    ),
    PanelControl(
        name="rates",
        title="Exchange rates",
        services=RATES,
        modes=_modes(
            _limited(Fault(kind="status", status=429)),
            _wrong(
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
                tuple(_code("429", seconds=5.0, path=path) for path in _WHEN_SENDING),
            ),
            Mode("key_revoked", "Token revoked (401)", "nothing, until a minute after it works again", (_code("401"),)),
        ),
    ),
    PanelControl(
        name="bingx",
        title="BingX, quotes",
        services=("bingx",),
        modes=_modes(
            _limited(_code("100410")),
            _wrong(_NO_NUMBER, "bad answer", {"bingx": {"nulled": ["lastPrice", "bidPrice", "askPrice"]}}),
            Mode("old", "Old quotes", "ten minutes old", state={"bingx": {"age_s": OLD_S}}),
            Mode("thin", "Thin (spread 5 %)", "a wide spread", state={"bingx": {"spread_bps": 500}}),
        ),
        figures=bingx,
        well={"bingx": {"nulled": [], "age_s": 0.0, "spread_bps": 2}},
        hint="Orders on paper find no usable quote ({}).",
        is_shown=_trades,
    ),
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
