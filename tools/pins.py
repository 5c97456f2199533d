"""What is pinned, with which hashes, and what was asked for; `make audit` asks whether any of it is known to be bad.

python -m tools.pins                 asks the vulnerability service about all pinned packages

Follows pip's "Secure installs" and pip-audit's README (read 2026-11). pip-audit is told to take the pins as they are:
it resolves and installs nothing.

Quirks: without a network there is nobody to ask; that is said in one line and is no failure.
"""

import re
import subprocess
import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
SETS = ("requirements", "requirements-dev", "requirements-clients")
UNREACHABLE = re.compile(
    r"ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|NameResolutionError|Max retries exceeded|ServiceError"
    r"|Could not connect|Tunnel connection failed|Temporary failure in name resolution"
)
AUDIT_S = 300
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)(.*)$")
_ASKED = re.compile(r"^([A-Za-z0-9._-]+)")


def pinned(text: str) -> dict[str, int]:
    """Read a requirements file.

    Args:
        text: What pip-compile wrote.

    Returns:
        How many hashes each pinned package has, by its plain name.

    Raises:
        ValueError: A line is no pin.
    """
    found = {}
    for line in text.replace("\\\n", " ").splitlines():
        bare = line.partition(" #")[0].strip()
        if not bare or bare.startswith("#"):
            continue
        match = _PIN.match(bare)
        if match is None:
            raise ValueError(f"{bare.split()[0]} is not pinned to one version")
        found[plain(match[1])] = len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", match[3]))
    return found


def asked_for(text: str) -> set[str]:
    """Return the plain names in a short list that a person wrote."""
    rows = (line for line in text.splitlines() if line and not line.startswith(("#", "-")))
    return {plain(match[1]) for line in rows if (match := _ASKED.match(line))}


def plain(name: str) -> str:
    """Return a package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def faults(root: Path = ROOT) -> list[str]:
    """Return what is wrong with the pins: a package without a hash, or one that is asked for and not pinned."""
    found = []
    for each in SETS:
        hashes = pinned((root / f"{each}.txt").read_text(encoding="utf-8"))
        asked = asked_for((root / f"{each}.in").read_text(encoding="utf-8"))
        found += [f"{name} has no hash in {each}.txt" for name, count in hashes.items() if not count]
        found += [f"{name} is not pinned in {each}.txt" for name in sorted(asked - hashes.keys())]
    return found


class Audited(msgspec.Struct):
    """What pip-audit says of one package: known faults, or why it could not be asked about."""

    name: str
    skip_reason: str = ""
    vulns: list[dict[str, object]] = []


class Report(msgspec.Struct):
    """What pip-audit says in JSON."""

    dependencies: list[Audited]


def audit(command: tuple[str, ...] = (sys.executable, "-m", "pip_audit"), *, root: Path = ROOT) -> int:
    """Ask about every set.

    Args:
        command: What runs pip-audit.
        root: Where the sets are.

    Returns:
        0 when nothing is known against them, or nobody can be asked; 1 when something is.
    """
    options = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--timeout", "15", "--format", "json")
    is_bad = False
    for each in SETS:
        asked = [*command, *options, "-r", str(root / f"{each}.txt")]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=AUDIT_S, check=False)
        try:
            found = msgspec.json.decode(done.stdout, type=Report).dependencies
        except msgspec.DecodeError:
            if not UNREACHABLE.search(done.stderr):
                raise SystemExit(f"{each}.txt: pip-audit failed: {done.stderr[-2000:]}") from None
            print(f"{each}.txt: not audited: the vulnerability service cannot be reached from here")
            continue
        is_bad |= any(package.vulns for package in found)
        print(f"{each}.txt: {_verdict(found)}")
    return int(is_bad)


def _verdict(found: list[Audited]) -> str:
    bad = [
        f"{package.name} {', '.join(str(each.get('id')) for each in package.vulns)}"
        for package in found
        if package.vulns
    ]
    unknown = [package.name for package in found if package.skip_reason]
    if bad:
        return f"KNOWN TO BE BAD: {'; '.join(bad)}"
    if len(unknown) == len(found):
        return "not audited: the vulnerability service knows none of its packages"
    note = f"; the service does not know {', '.join(unknown)}" if unknown else ""
    return f"nothing is known against {len(found) - len(unknown)} packages{note}"


if __name__ == "__main__":
    sys.exit(audit())
