"""Make a collector of the system beside the sandbox ask again for what it may keep for hours.

A broker's statement holds for a day and a rate for an hour; whoever changes them at the pretend platform would wait as
long to see anything. So the collector is stopped, what it remembers is removed, and it is started, as its owner could
do by hand. Follows no outside page.
"""

from pathlib import Path

from sandbox.system import supervisorctl


def reset_collector(home: Path, program: str) -> bool:
    """Let a collector begin anew.

    Args:
        home: Where the system lives.
        program: Its collector.

    Returns:
        Whether a system runs there.
    """
    if not (home / "run" / "supervisor.sock").exists():
        return False
    supervisorctl(home, "stop", f"collectors:{program}")
    (home / "data" / "state" / f"{program}.json").unlink(missing_ok=True)
    supervisorctl(home, "start", f"collectors:{program}")
    return True
