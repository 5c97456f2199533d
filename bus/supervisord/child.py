"""An order to supervisord, or a question, from a process that stays: this child does it, through `client`.

python -m bus.supervisord.child list                  everybody, as JSON
python -m bus.supervisord.child start PROGRAM
python -m bus.supervisord.child restart PROGRAM
python -m bus.supervisord.child kill PROGRAM [PID]    with a PID only while it is still that one
"""

import sys

import msgspec

from bus.supervisord.client import NotThere, Refused, Supervisord


def main() -> None:
    """Carry out the order.

    Raises:
        SystemExit: 1 when it was not carried out, with the reason on standard output; 0 otherwise.
    """
    verb, *arguments = sys.argv[1:]
    supervisord = Supervisord()
    try:
        match verb, arguments:
            case "list", []:
                answer = msgspec.json.encode(supervisord.processes()).decode()
            case "start", [program]:
                answer = _started(supervisord, program)
            case "restart", [program]:
                supervisord.stop(program, wait=True)
                answer = _started(supervisord, program)
            case "kill", [program, *pid]:
                done = supervisord.kill(program, pid=int(pid[0]) if pid else 0)
                answer = "killed" if done else "gone already"
            case _:
                raise SystemExit(__doc__)
    except (NotThere, Refused) as error:
        sys.stdout.write(f"{error}\n")
        raise SystemExit(1) from None
    sys.stdout.write(f"{answer}\n")


def _started(supervisord: Supervisord, program: str) -> str:
    """Start a program and return the answer to print."""
    supervisord.start(program)
    return "started"


if __name__ == "__main__":
    main()
