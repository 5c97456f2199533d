"""The skeleton of every process, in two functions that it calls: `run(main)` and `join(name, *topics)`."""

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import TextIO

import zmq

from bus import log
from bus.connection import RUN, Bus
from bus.hub_link import hub_link
from bus.machine import own_name
from bus.messages.base import Topic
from bus.settings import NOT_CONFIGURED, WRONG_SETTINGS, NotConfigured, SettingsError
from bus.settings_change import marks, settings_of, wait_instead

LOCK_WITHIN_S = 10.0
STARTSECS_S = 1.5
OWN_USER = "OWN_USER"
"""The variable in which the launcher names the program's own user; not set where all share one."""
STARTED_BY = "SUPERVISOR_PID"
"""The variable with the process id of who started this one: supervisord, or whose child it is."""

_log = log.logger(__name__)


def run(main: Callable[[], None], *, name: str, log_to: TextIO | None = None) -> None:
    """Run a process: one of its name, ended cleanly by SIGTERM, its exit code told to supervisord.

    Args:
        main: The process; returns or raises when it is done.
        name: What it is called on the bus, in the logs and in `run/<name>.lock`.
        log_to: Where its log goes; None for standard output.

    Raises:
        SystemExit: 0 after SIGTERM, 2 for wrong settings (under supervisord once they are others), 3 when the platform
            is not configured, 1 for anything else.
    """
    set_umask()
    is_closed = close_to_siblings()
    log.set_up(name, level=os.environ.pop("LOG_LEVEL", "INFO"), stream=log_to or sys.stdout)
    stay_close_to_the_parent()
    shared = "shared user, not dumpable" if is_closed else "shared user"
    _log.info("started", privileges=f"own user {own_user()}" if own_user() else shared)
    seen = marks(settings_of(name))
    hub_link()  # before anything could start a child, which would get what was handed over
    try:
        with only_one(name):
            main()
    except SettingsError as error:
        _log.error("wrong settings", cure=error)
        wait_instead(seen)
        raise SystemExit(WRONG_SETTINGS) from None
    except NotConfigured as error:
        _log.info("not configured", variables=error)
        time.sleep(STARTSECS_S)  # supervisord counts an earlier exit as a failed start
        raise SystemExit(NOT_CONFIGURED) from None
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    except Exception as error:  # noqa: BLE001 - the outermost loop: logged, and supervisord starts it again
        _log.crash("crashed", error)
        raise SystemExit(1) from None


@contextlib.contextmanager
def only_one(name: str) -> Iterator[None]:
    """Hold `run/<name>.lock` while the process lives; an ipc endpoint can be bound twice without an error.

    Args:
        name: The process.

    Yields:
        Nothing; the lock is held.

    Raises:
        SystemExit: Another process holds it for more than ten seconds.
    """
    RUN.mkdir(mode=0o700, exist_ok=True)
    if RUN.stat().st_mode & (0o007 if own_user() else 0o077):  # hardened, the programs meet there as a group
        raise SettingsError(f"{RUN.absolute()} can be read by others; type: chmod 700 {RUN.absolute()}")
    descriptor = os.open(RUN / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    until = time.monotonic() + LOCK_WITHIN_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > until:
                holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
                _log.error("already running", pid=holder)
                raise SystemExit(1) from None
            time.sleep(0.1)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    try:
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def join(name: str, *topics: Topic, signals: bool = True) -> Iterator[Bus]:
    """Join the bus for as long as the `with` lasts.

    Args:
        name: The process's name, to which its beats add the machine's where it has one.
        topics: What to hear, from `bus.messages.base.topic`; other kinds are not decoded.
        signals: Whether SIGTERM and SIGINT end `receive`; off in threads and event loops.

    Yields:
        The bus, once our own beat has come back through the hub (or ten seconds have passed).
    """
    with zmq.Context() as context:
        bus = Bus(own_name(name), topics, context, link=hub_link())
        try:
            if signals:
                bus.stop_on_signals()
            heard = bus.hear_yourself()
            _log.info("joined", hub="heard" if heard else "silent", pid=os.getpid())
            yield bus
        finally:
            if signals:
                signal.set_wakeup_fd(-1)
            bus.close()


def own_user() -> str:
    """Return the user that the launcher made for this program alone, empty where it runs as one with the others."""
    return os.environ.get(OWN_USER, "")


def set_umask() -> None:
    """Keep what is written for this user; hardened, also for the group of the folder it is written to."""
    os.umask(0o007 if own_user() else 0o077)


def close_to_siblings() -> bool:
    """Let no other process of this user read the memory, the environment or the descriptors of this one, nor dump it.

    Returns:
        Whether the system does so: prctl(2), PR_SET_DUMPABLE. An exec opens it again.
    """
    import ctypes  # freed with the module's other names once this returns

    libc = ctypes.CDLL(None, use_errno=True)
    set_dumpable, get_dumpable = 4, 3
    libc.prctl(set_dumpable, 0, 0, 0, 0)
    return bool(libc.prctl(get_dumpable, 0, 0, 0, 0) == 0)


def stay_close_to_the_parent() -> None:
    """Leave when the process that started this one dies: supervisord, or who had a child do its work."""
    import ctypes

    death_signal = 1
    ctypes.CDLL(None, use_errno=True).prctl(death_signal, signal.SIGTERM, 0, 0, 0)
    if os.environ.pop(STARTED_BY, str(os.getppid())) != str(os.getppid()):
        sys.exit(1)
