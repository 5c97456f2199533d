"""Several machines: which programs run on this one, and where its programs find the hub."""

import difflib
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from bus.hub_settings import Settings, listed
from bus.machine import NOT_HERE, VARIABLE
from bus.settings import SettingsError, read
from launch.programs import PROGRAMS, Program

ALWAYS = "sentinel"
"""It watches the programs of its own machine, whichever they are."""
HUB = "hub"


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """This machine: what `.env` says of it, and the programs that do not run here, by name."""

    settings: Settings
    not_here: tuple[str, ...] = ()

    @property
    def has_hub(self) -> bool:
        """Whether the hub is here."""
        return not self.settings.hub_host

    def environment(self) -> dict[str, str]:
        """Return what every program is told of the machines; nothing where there is one."""
        told = {VARIABLE: self.settings.machine, NOT_HERE: ",".join(self.not_here)}
        return {name: value for name, value in told.items() if value}

    def link(self) -> dict[str, str]:
        """Return where the programs find the hub, as `bus.hub_link.HubLink` reads it; empty where the hub is here."""
        settings = self.settings
        if self.has_hub or settings.machine_key is None:
            return {}
        return {
            "host": settings.hub_host,
            "port": str(settings.hub_port),
            "hub_public_key": settings.hub_public or "",
            "machine_key": settings.machine_key.reveal(),
        }

    def order_keys(self) -> dict[str, str]:
        """Return what programs here sign with, by program; empty where the keys are made here."""
        text = self.settings.order_keys.reveal() if self.settings.order_keys else ""
        return dict(each.split(":", 1) for each in text.split(",") if each)


def this_machine(values: Mapping[str, str], *, among: Iterable[Program] = PROGRAMS) -> Machine:
    """Say what runs on this machine.

    Args:
        values: What `.env` says.
        among: All programs.

    Returns:
        This machine; without any setting all programs run on it.

    Raises:
        SettingsError: A line for each program that there is not, and for what contradicts itself.
    """
    settings = read(Settings, values)
    programs = tuple(program for program in among if program.group)
    every = tuple(program.name for program in programs)
    here, elsewhere = listed(settings.runs_here), listed(settings.runs_elsewhere)
    faults = [*_strange("RUNS_HERE", here, every), *_strange("RUNS_ELSEWHERE", elsewhere, every)]
    faults += [f"{name} is in RUNS_HERE and in RUNS_ELSEWHERE; keep one" for name in here if name in elsewhere]
    if settings.hub_host and not here:
        faults.append("RUNS_HERE is missing, and HUB_HOST is set; write the programs that run on this machine")
    if settings.hub_host and HUB in here:
        faults.append("RUNS_HERE names the hub, and HUB_HOST says that it is on another machine; remove one of them")
    if settings.hub_host:
        faults += _beside_no_ledger([program for program in programs if program.name in here], values)
    if faults:
        raise SettingsError("\n".join(faults))
    not_here = {name for name in every if here and name not in here} | {*elsewhere}
    not_here |= {HUB} if settings.hub_host else set()
    return Machine(settings=settings, not_here=tuple(sorted(not_here - {ALWAYS})))


def has_shared_ledger(values: Mapping[str, str]) -> bool:
    """Tell whether the ledger is one that several machines can open.

    Args:
        values: What `.env` says.
    """
    return bool(values.get("DATABASE_HOST")) or _is_shared(values.get("DATABASE_URL", ""))


def _is_shared(url: str) -> bool:
    """Tell whether a database is no file of one machine."""
    return bool(url) and not url.startswith("sqlite")


def _beside_no_ledger(programs: Iterable[Program], values: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each program here that would begin a ledger or an inbox of its own, which nobody else reads."""
    is_off = values.get("TRADING", "off") == "off"
    for program in programs:
        if is_off and program.group == "trading":
            continue
        if "ledger" in program.needs and not has_shared_ledger(values):
            yield _missing("DATABASE_URL", program.name)
        elif program.needs == ("inbox",) and not _is_shared(values.get("INBOX_DATABASE_URL", "")):
            yield _missing("INBOX_DATABASE_URL", program.name)


def _missing(variable: str, name: str) -> str:
    """Return that a database's address is missing or leads to a file here, and what to write."""
    return (
        f"{variable} must be PostgreSQL's: {name} runs here, and a file on this machine is read by nobody on the hub's"
    )


def _strange(variable: str, names: tuple[str, ...], every: tuple[str, ...]) -> Iterator[str]:
    """Yield a line for each name that no program has; further accounts' programs begin with their broker's."""
    for name in names:
        if name not in every and not any(name.startswith(f"{known}-") for known in every):
            near = difflib.get_close_matches(name, every, n=1)
            cure = f"did you mean {near[0]}?" if near else f"there are: {', '.join(every)}"
            yield f"{variable} names a program that there is not; {cure}"
