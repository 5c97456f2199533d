"""Run the tests that know time at other hours, on other days and in other zones: the result must be the same.

    python -m tools.suite_clock                 all moments (`make test-clock`)
    python -m tools.suite_clock --only late     those whose name begins so (`make test-clock ONLY=late`)

Each moment gets an environment of its own beside `.venv`: the same packages, and an interpreter that puts itself, and
whatever it starts, under libfaketime (github.com/wolfcw/libfaketime, README of 0.9.10, read 2026-11) and a time zone.
So it reaches the programs too, which keep hardly a variable of those that they are started with. The wall clock is
ahead by a fixed time, and everybody's by the same; monotonic clocks and the times of files stay true.

Quirk: libfaketime takes the deadline of `clock_nanosleep` for the wall clock's when it leaves monotonic clocks alone,
and Python's `time.sleep` then fails with EINVAL; under the false clock it waits by `select` instead.
"""

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
PARTS = ("aggregator", "clock", "collectors", "ledger", "notifier", "sandbox", "sentinel", "system", "tools")
"""The folders of tests that are run; the others know no time, or bring a false clock of their own."""


class Moment(msgspec.Struct, frozen=True):
    """When a run of the suite seems to take place, and in what zone the machine seems to be."""

    name: str
    at: datetime
    zone: str


MOMENTS = (
    Moment("late evening in Paris, the next day in Moscow", datetime(2026, 6, 17, 21, 30, tzinfo=UTC), "UTC"),
    Moment("last minute of the day in UTC", datetime(2026, 11, 4, 23, 58, 30, tzinfo=UTC), "America/Los_Angeles"),
    Moment("half past midnight in Paris", datetime(2026, 7, 8, 22, 30, tzinfo=UTC), "Asia/Kathmandu"),
    Moment("first slot of the day in Paris", datetime(2026, 12, 1, 6, 59, 30, tzinfo=UTC), "UTC"),
    Moment("spring forward", datetime(2027, 3, 28, 0, 59, 0, tzinfo=UTC), "Asia/Kathmandu"),
    Moment("autumn back", datetime(2027, 10, 31, 0, 59, 0, tzinfo=UTC), "America/Los_Angeles"),
    Moment("31 December", datetime(2026, 12, 31, 22, 59, 0, tzinfo=UTC), "UTC"),
    Moment("29 February", datetime(2028, 2, 29, 12, 0, 0, tzinfo=UTC), "America/Los_Angeles"),
    Moment("a Sunday", datetime(2026, 12, 6, 15, 0, 0, tzinfo=UTC), "Asia/Kathmandu"),
)
"""Each hour, day and zone at which a result once depended on it, or might."""

SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select((), (), (), seconds) and None\n"
"""What every interpreter begins with, as its `sitecustomize`."""


def main() -> None:
    """Run the suite at each moment and tell how it went; the exit code is 1 when a test failed at one of them."""
    arguments = argparse.ArgumentParser(description="Run the tests that know time at other times.")
    arguments.add_argument("--only", default="", metavar="WORDS", help="the moments whose name begins with this")
    arguments.add_argument("tests", nargs="*", help="files or folders of tests; those that know time, if none")
    chosen = arguments.parse_args()
    moments = [moment for moment in MOMENTS if moment.name.startswith(chosen.only)]
    if not moments:
        raise SystemExit(
            f"no moment begins with {chosen.only!r}; there are: {', '.join(each.name for each in MOMENTS)}"
        )
    if LIBRARY is None:
        raise SystemExit("libfaketime is not here; on Debian: apt install faketime")
    tests = chosen.tests or [str(Path("tests", part)) for part in PARTS]
    failed = [moment.name for moment in moments if not passes(moment, tests)]
    print(f"\n{len(moments) - len(failed)} of {len(moments)} moments passed", *failed, sep="\nfailed: ")
    raise SystemExit(bool(failed))


def passes(moment: Moment, tests: list[str]) -> bool:
    """Run tests at a moment.

    Args:
        moment: When it begins; time goes on from there.
        tests: Files or folders, from the project's folder.

    Returns:
        Whether all passed.
    """
    print(f"\n{moment.name}: {moment.at:%Y-%m-%d %H:%M} UTC, the machine in {moment.zone}", flush=True)
    with interpreter(moment) as python:
        command = [str(python), "-m", "pytest", "-n", "6", "--dist", "loadfile", "--no-loadscope-reorder"]
        done = subprocess.run([*command, "-m", "not faults and not thorough", *tests], cwd=ROOT, check=False)
    return done.returncode == 0


@contextmanager
def interpreter(moment: Moment) -> Iterator[Path]:
    """Make an environment with the packages of this one whose programs believe in a moment.

    Args:
        moment: When the clock begins.

    Yields:
        Its Python.
    """
    with tempfile.TemporaryDirectory(prefix="pb-clock-", dir="/tmp") as folder:
        own, real = Path(folder), Path(sys.prefix)
        shutil.copy(real / "pyvenv.cfg", own)
        (own / "lib").symlink_to(real / "lib")
        scripts, site = own / "bin", own / "site"
        scripts.mkdir()
        site.mkdir()
        (site / "sitecustomize.py").write_text(SLEEP)
        python = scripts / "python"
        python.write_text(_script(moment, Path(sys.executable).resolve(), site=site))
        python.chmod(0o755)
        for name in ("supervisord", "supervisorctl"):
            script = scripts / name
            script.write_text((real / "bin" / name).read_text().replace(f"{real}/bin/python", f"{scripts}/python"))
            script.chmod(0o755)
        yield python


def _script(moment: Moment, real: Path, *, site: Path) -> str:
    """Return a shell script that becomes Python under a false clock, called by its own name as a venv's must be."""
    ahead_s = (moment.at - datetime.now(UTC)).total_seconds()
    variables = {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME": f"{ahead_s:+.3f}",
        "FAKETIME_CACHE_DURATION": "1000000",  # read once: who empties its environment stays where it is
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "TZ": moment.zone,
        "PYTHONPATH": f"{site}:{ROOT}",  # the packages' own way to the project goes by where they lie
    }
    exports = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
    return f'#!/bin/bash\nexport {exports}\nexec -a "$0" {shlex.quote(str(real))} "$@"\n'


if __name__ == "__main__":
    main()
