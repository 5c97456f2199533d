"""What the hub is told, and what makes several machines one system; the hub and the launcher read it.

The machine with the hub listens (HUB_LISTEN); all others name it (HUB_HOST). The keys are made on the hub's machine by
`make keys`; the hub's own secret one never stands in `.env`: the launcher hands it over.
"""

import re
from typing import Annotated

import msgspec

from bus import log
from bus.settings import Secret

KNOWN_TO = "known_to"
"""In a variable's `extra`: `launch` where the launcher alone knows it, and hands it to nobody as it is."""
Port = Annotated[int, msgspec.Meta(ge=1, le=65534)]
Key = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_OCTET = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_TAKE_OVER = "on the hub's machine type: make keys NAME=…, and take over what stands in the file that it writes"


class Settings(log.Settings, frozen=True, kw_only=True):
    """The variables of the hub, and of who runs where."""

    hub_listen: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^({_OCTET}\.){{3}}{_OCTET}\Z",
            description="the address of this machine, as 10.0.0.1, at which programs of other machines reach the hub; "
            "empty: none do (docs/machines.md)",
        ),
    ] = ""
    hub_port: Annotated[
        Port, msgspec.Meta(description="the port of the hub for other machines; the one behind it is taken, too")
    ] = 5570
    hub_host: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,252}\Z",
            description="where the hub is, if it is on another machine; empty: here",
        ),
    ] = ""
    hub_public: Annotated[
        Key | None,
        msgspec.Meta(description="the hub's public key, where it is on another machine; make keys writes it"),
    ] = None
    machine_key: Annotated[
        Secret | None,
        msgspec.Meta(
            description="this machine's secret key, where the hub is on another one; make keys writes it",
            extra={"letters": r"[0-9a-f]{64}", KNOWN_TO: "launch"},
        ),
    ] = None
    order_keys: Annotated[
        Secret | None,
        msgspec.Meta(
            description="what the programs of this machine sign orders with, where the hub is on another one; "
            "make keys writes it",
            extra={"letters": r"[a-z0-9-]+:[0-9a-f]{64}(,[a-z0-9-]+:[0-9a-f]{64})*", KNOWN_TO: "launch"},
        ),
    ] = None
    hub_secret_key: Annotated[
        Secret | None,
        msgspec.Meta(description="the hub's own secret key", extra={"made_by": "launch"}),
    ] = None
    machine: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^[a-z0-9-]{1,16}\Z",
            description="this machine's name, of small letters, digits and -, where there are several; "
            "empty for the one with the hub",
        ),
    ] = ""
    runs_here: Annotated[
        str,
        msgspec.Meta(
            description="the programs that run on this machine, separated by commas; empty: all that are configured"
        ),
    ] = ""
    runs_elsewhere: Annotated[
        str,
        msgspec.Meta(
            description="the programs that run on other machines, separated by commas, as fx,broker-paper; "
            "platforms among them stay in the message"
        ),
    ] = ""

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            ValueError: A line for each contradiction.
        """
        faults = []
        if self.hub_host and self.hub_listen:
            faults.append("HUB_HOST and HUB_LISTEN are both set; the hub is here (HUB_LISTEN) or there (HUB_HOST)")
        for name, value in (("HUB_PUBLIC", self.hub_public), ("MACHINE_KEY", self.machine_key)):
            if self.hub_host and not value:
                faults.append(f"{name} is missing, and HUB_HOST is set; {_TAKE_OVER}")
        if self.machine_key and not self.hub_host:
            faults.append(f"HUB_HOST is missing, and MACHINE_KEY is set; write where the hub is, or {_TAKE_OVER}")
        if self.hub_host and not self.machine:
            faults.append(f"MACHINE is missing, and HUB_HOST is set; {_TAKE_OVER}")
        if faults:
            raise ValueError("\n".join(faults))


def listed(text: str) -> tuple[str, ...]:
    """Return the programs that a list of names has.

    Args:
        text: What stands in RUNS_HERE or RUNS_ELSEWHERE.
    """
    return tuple(name for name in re.split(r"[,\s]+", text) if name)
