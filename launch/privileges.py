"""A user of its own for each program, where `deploy/harden` has made them; used by the launcher alone.

The folder `run/` says whether it has: its group is then `<prefix>-bus`, and the programs' users are `<prefix>-<name>`.
The launcher, started as root, becomes that user before it becomes the program. Follows prctl(2) and credentials(7),
read 2026-11.

Quirks: to root all files are open, so nothing but root can tell that a folder is hardened, and nothing else need. The
sentinel may speak to supervisord, which kills who is silent and starts who was given up; it has no other right.
"""

import os
import resource
from pathlib import Path

from bus.connection import RUN
from bus.settings import SettingsError
from bus.supervisord.state import CONTROL

BUS_GROUP = "-bus"

_NO_NEW_PRIVILEGES = 38


def user_for(name: str, *, run: Path = RUN) -> str:
    """Tell whose process a program becomes.

    Args:
        name: The program's name; empty for what all users' names begin with.
        run: The folder that says whether the installation is hardened.

    Returns:
        The user's name; empty where the programs share the present one.
    """
    if os.geteuid() != 0 or not run.is_dir():
        return ""
    import grp  # only root needs the names

    try:
        group = grp.getgrgid(run.stat().st_gid).gr_name
    except KeyError:
        return ""
    return f"{group.removesuffix(BUS_GROUP)}-{name}" if group.endswith(BUS_GROUP) else ""


def become(user: str, *, watches: bool = False) -> None:
    """Give up root and be a user, with no group but the user's own.

    Args:
        user: The user.
        watches: Whether it may speak to supervisord.

    Raises:
        SettingsError: There is no such user.
    """
    import pwd

    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise SettingsError(f"there is no user {user}; make the missing ones with: deploy/harden") from None
    if watches:
        os.chown(CONTROL, 0, entry.pw_gid)
        CONTROL.chmod(0o770)
    os.initgroups(user, entry.pw_gid)
    os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
    os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)
    os.environ["HOME"] = entry.pw_dir


def give_up_more() -> None:
    """Rule out, for this process and what it becomes, core files and programs that lend rights (setuid)."""
    import ctypes

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
