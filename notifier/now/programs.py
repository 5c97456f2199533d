"""Which of the programs that a message needs do not run, as supervisord says: no other has to run for its answer."""

from bus.supervisord.client import NotThere, Refused, Supervisord

HEAR = ("hub", "notifier")
"""Without these nobody hears a request."""
ANSWER = ("clock", "aggregator")
"""Without these a request that was heard waits."""
RUNS = frozenset({"RUNNING", "STARTING"})
GIVEN_UP = frozenset({"FATAL", "STOPPED"})
"""Where supervisord does nothing more by itself; out of all other states it starts the program again."""


def down() -> dict[str, str]:
    """Ask supervisord.

    Returns:
        The state of each needed program that does not run; empty when all do, or supervisord does not tell.
    """
    try:
        states = {process.name: process.state for process in Supervisord().processes()}
    except (NotThere, Refused):
        return {}
    return {name: state for name in (*HEAR, *ANSWER) if (state := states.get(name, "RUNNING")) not in RUNS}
