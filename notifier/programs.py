"""Which of the programs that a message needs do not run, in supervisord's own words.

Follows supervisord.org, "XML-RPC API Reference" (read 2026-11): its socket is asked, so that no other program has to
run for an answer.
"""

import http.client
import xmlrpc.client
from pathlib import Path

from supervisor.xmlrpc import SupervisorTransport

SOCKET = Path("run/supervisor.sock")
HEAR = ("hub", "notifier")
"""Without these nobody hears a wish."""
ANSWER = ("clock", "aggregator")
"""Without these a wish that was heard waits."""
RUNS = frozenset({"RUNNING", "STARTING"})
GIVEN_UP = frozenset({"FATAL", "STOPPED"})
"""Where supervisord does nothing more by itself; out of all other states it starts the program again."""


def down() -> dict[str, str]:
    """Ask supervisord.

    Returns:
        The state of each needed program that does not run; empty when all do, or supervisord does not tell.
    """
    transport = SupervisorTransport(serverurl=f"unix://{SOCKET}")
    server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
    try:
        listed = server.supervisor.getAllProcessInfo()
    except (OSError, xmlrpc.client.Error, http.client.HTTPException):
        return {}
    finally:
        transport.close()
    states = {each["name"]: each["statename"] for each in listed} if isinstance(listed, list) else {}
    return {name: state for name in (*HEAR, *ANSWER) if (state := states.get(name, "RUNNING")) not in RUNS}
