"""The owner's commands as a person types them."""

from tests.fork_server import run


def told(*arguments: str, code: int = 0) -> str:
    """Run a command and return what it printed, or why it did nothing; the other stream is empty."""
    done = run("launch", "ledger", *arguments)
    assert done.returncode == code, done.stderr
    assert not (done.stdout if code else done.stderr)

    return done.stderr if code else done.stdout


def refused(*arguments: str) -> str:
    """Run a command that does nothing and return why."""
    return told(*arguments, code=1).removeprefix("Not done: ").rstrip("\n")
