"""Which version runs: a number for the owner, and the commit that was installed where git knows it."""

from pathlib import Path

VERSION = "0.8.0"
NOTED = Path(__file__).resolve().parent.parent / ".venv" / "commit"
"""Where `make` notes the commit's first digits when it sets up or starts; see the Makefile."""


def commit(noted: Path = NOTED) -> str:
    """Return the commit's first digits, empty where the program was not cloned with git.

    Args:
        noted: The file that `make` writes.
    """
    try:
        return noted.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
