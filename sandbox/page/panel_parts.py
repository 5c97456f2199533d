"""What the page's panel is made of: platforms, the modes that each can be in, and what can be done there.

Follows no outside page.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from sandbox.page.panel_figures import Figure
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


class Action(msgspec.Struct, frozen=True):
    """Something that a person can let happen now.

    Attributes:
        name: For the control port.
        title: For a person.
        act: Lets it happen.
    """

    name: str
    title: str
    act: Callable[[], object]


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
        actions: What can be done there now.
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
    actions: Callable[[World], Sequence[Action]] = lambda _world: ()
    is_shown: Callable[[World], bool] = lambda _world: True


def modes(*own: Mode) -> tuple[Mode, ...]:
    """Return the modes that every platform has, and its own."""
    return (
        Mode(WORKS, "Works"),
        Mode("slow", "Slow", "timeout", (Fault(kind="slow", seconds=SLOW_S),)),
        Mode("down", "Down", "unreachable", (Fault(kind="refuse"),)),
        Mode("maintenance", "Maintenance (HTML 502)", "maintenance", (Fault(kind="html", status=502),)),
        Mode("broken", "Broken (garbage)", "bad answer", (Fault(kind="garbage"),)),
        *own,
    )


def code(code: str, *, seconds: float = 0.0, headers: dict[str, str] | None = None, path: str = "") -> Fault:
    """Return an answer with the platform's own code."""
    return Fault(kind="code", code=code, seconds=seconds, headers=headers or {}, path=path)


def limited(fault: Fault) -> Mode:
    """Return the mode of too many requests."""
    return Mode("rate_limited", "Rate limited", "rate limited", (fault,))


def revoked(fault: Fault) -> Mode:
    """Return the mode of a key that is no more."""
    return Mode("key_revoked", "Key revoked", "bad key", (fault,))


def wrong(title: str, says: str, state: dict[str, Fields]) -> Mode:
    """Return the mode of an answer that cannot be read."""
    return Mode("wrong", f"Wrong ({title})", says, state=state)
