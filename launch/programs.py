"""Everything that runs, in one table.

`supervisord.conf`, the users that `deploy/harden` makes and the README's table are made from it (`make docs`), and the
launcher reads it. A new platform is one row here, beside its own file.
"""

import importlib
import re
from pathlib import Path
from typing import Final, Literal

import msgspec

from bus.broker_names import code_of, default_program, further_program, name_of
from bus.messages.rounds import Platform
from bus.settings_change import ACCOUNTS
from bus.trading_settings import OffUntilConfigured

ACCOUNT_NAME: Final = re.compile(r"[a-z0-9](-?[a-z0-9]){0,19}")
"""What a further account's file may be called: a user of the machine and a file of a lock bear the name, too."""
Need = Literal["ledger", "inbox", "supervisord", "order key", "master key", "hub key"]
"""What a program may open or know besides the bus: the ledger's files, the inbox's, supervisord's socket, the key that
orders are signed with, or the one that all such keys are made of, or the hub's own for other machines."""


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """One program.

    `name` is supervisord's, its log's and its user's. `module` is what runs, `declares` the light module that holds its
    Settings, and its PLATFORM if it collects one. One without `group` is the owner's: it runs once, from a terminal, as
    the user of the program `runs_as`. `priority` orders the starts. One that `has_accounts` serves one account, and a
    program of the same kind may serve a further one, `account`, with settings of its own (`launch.accounts`).
    """

    name: str
    module: str
    declares: str = ""
    group: str = ""
    priority: int = 0
    needs: tuple[Need, ...] = ()
    runs_as: str = ""
    has_accounts: bool = False
    account: str = ""

    @property
    def settings(self) -> type[msgspec.Struct] | None:
        """The Struct of its settings, None where it has none."""
        if not self.declares:
            return None
        settings = importlib.import_module(self.declares).Settings
        if not isinstance(settings, type) or not issubclass(settings, msgspec.Struct):
            raise TypeError(f"{self.declares}.Settings is not a Struct")
        return settings

    @property
    def is_optional(self) -> bool:
        """Whether nothing is missing where it is not configured, though it is no platform."""
        settings = self.settings
        return settings is not None and issubclass(settings, OffUntilConfigured)

    @property
    def platform(self) -> Platform | None:
        """The platform that it collects, None for all others."""
        found = getattr(importlib.import_module(self.declares), "PLATFORM", None) if self.declares else None
        return found if isinstance(found, Platform) else None


def _collector(name: str) -> Program:
    """Return a collector's row; module, settings and group follow from its name."""
    module = f"collectors.{name}"
    return Program(name=name, module=module, declares=module, group="collectors", priority=30)


PROGRAMS = (
    Program(name="sentinel", module="sentinel", group="sentinel", priority=5, needs=("supervisord",)),
    Program(name="hub", module="bus.hub", declares="bus.hub_settings", group="core", priority=10, needs=("hub key",)),
    Program(name="clock", module="clock", declares="clock.settings", group="core", priority=20),
    Program(
        name="aggregator",
        module="aggregator",
        declares="aggregator.settings",
        group="core",
        priority=20,
        needs=("ledger", "inbox"),
    ),
    Program(
        name="notifier", module="notifier", declares="notifier.settings", group="core", priority=20, needs=("ledger",)
    ),
    *map(_collector, ("bybit", "okx", "tbank", "ibkr", "fx")),
    Program(
        name="webhook",
        module="webhook",
        declares="webhook.settings",
        group="trading",
        priority=40,
        needs=("inbox",),
    ),
    Program(
        name="execution",
        module="execution",
        declares="execution.settings",
        group="trading",
        priority=40,
        needs=("ledger", "inbox", "master key"),
    ),
    Program(
        name="bridge", module="bridge", declares="bridge.settings", group="trading", priority=40, needs=("ledger",)
    ),
    Program(
        name="broker-paper",
        module="brokers.paper",
        declares="brokers.paper",
        group="brokers",
        priority=40,
        needs=("order key",),
    ),
    Program(
        name="broker-ibkr",
        module="brokers.ibkr",
        declares="brokers.ibkr",
        group="brokers",
        priority=40,
        needs=("order key",),
        has_accounts=True,
    ),
    Program(
        name="broker-bingx",
        module="brokers.bingx",
        declares="brokers.bingx",
        group="brokers",
        priority=40,
        needs=("order key",),
        has_accounts=True,
    ),
    Program(
        name="signal",
        module="execution.signal",
        declares="execution.signal.settings",
        needs=("ledger",),
        runs_as="execution",
    ),
    Program(name="ledger", module="ledger.admin", declares="ledger.settings", needs=("ledger",), runs_as="aggregator"),
)


def supervised() -> tuple[Program, ...]:
    """Return the programs that supervisord runs in the order of the table, but for further accounts."""
    return tuple(program for program in PROGRAMS if program.group)


def file_of(account: str, *, folder: Path = ACCOUNTS) -> Path:
    """Return the file with the settings of a further account.

    Args:
        account: Its name.
        folder: Where the files are.
    """
    return folder / f"{account}.env"


def further(code: str, account: str) -> Program | None:
    """Return the program of a further account, whether there is a file of it or not.

    Args:
        code: Its broker's code.
        account: Its name.

    Returns:
        The program, in no group: `supervisorctl update` would restart all of one. None where that broker has no
        further accounts, or the name cannot be one.
    """
    usual = next((each for each in PROGRAMS if each.has_accounts and each.name == default_program(code)), None)
    if usual is None or not ACCOUNT_NAME.fullmatch(account):
        return None
    name = further_program(code, account)
    return msgspec.structs.replace(usual, name=name, group=name, account=account, has_accounts=False)


def named(name: str, *, folder: Path = ACCOUNTS) -> Program:
    """Return a program by its name, of a further account too.

    Args:
        name: As supervisord knows it.
        folder: Where the files of further accounts are.

    Raises:
        KeyError: There is none; the text names those that there are.
    """
    for program in PROGRAMS:
        if program.name == name:
            return program
    own = further(code_of(name), name_of(name))
    if own is not None and file_of(own.account, folder=folder).exists():
        return own
    raise KeyError(f"{name} is not a program; there are: {', '.join(program.name for program in PROGRAMS)}")
