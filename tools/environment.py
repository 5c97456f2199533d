"""Whether the virtual environment was made in this folder, by the interpreter that it has now; for the Makefile.

    .venv/bin/python -I tools/environment.py            0: it was; 1: it was not, and must be made anew
    .venv/bin/python -I tools/environment.py --claim    lets it find the project's packages, and notes whose it is

Both notes lie among the installed packages. There they are looked for in vain after the system's Python got a new minor
version, as all packages are; and after the folder was moved, what they say is wrong. Runs without any package.

Quirks: Python reads a .pth file in the encoding of the locale, and dies of a letter that the locale has not; so the way
to the project is written in it from where it lies, which takes no letters of the folder's name.
"""

import os
import sys
import sysconfig
from pathlib import Path


def is_ours() -> bool:
    """Tell whether the environment is this folder's and this interpreter's; earlier versions noted it in the .pth."""
    return os.getcwdb() in {_noted("portfolio.folder"), _noted("portfolio.pth")}


def claim() -> None:
    """Let the environment's Python find the project's packages from any folder, and note which folder it is."""
    _file("portfolio.pth").write_text(os.path.relpath(Path.cwd(), _file("")) + "\n", encoding="ascii")
    _file("portfolio.folder").write_bytes(os.getcwdb() + b"\n")


def main() -> None:
    """Answer with the exit code, or write the notes."""
    if "--claim" in sys.argv[1:]:
        claim()
    elif not is_ours():
        raise SystemExit(1)


def _file(name: str) -> Path:
    return Path(sysconfig.get_path("purelib"), name)


def _noted(name: str) -> bytes:
    try:
        return _file(name).read_bytes().strip(b"\n")
    except OSError:
        return b""


if __name__ == "__main__":
    main()
