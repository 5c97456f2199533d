"""Draw one report: a `reports.printing.Printed` as JSON on standard input, a PDF on standard output.

    python -m reports <printed.json >report.pdf

A program of its own, because drawing costs some 100 MB: they are gone when the document is there. What it cannot draw
ends it with one line on standard error.
"""

import logging
import os
import signal
import sys

import msgspec

from reports.printing import Printed

LONGEST_S = 90  # whoever asked has given up long before; should it be gone, nobody else would end us
LOWER_PRIORITY = 5


def main() -> None:
    """Draw what standard input asks for."""
    signal.alarm(LONGEST_S)
    os.nice(LOWER_PRIORITY)
    logging.disable()  # the library tells of each letter that its font does not have
    try:
        printed = msgspec.json.decode(sys.stdin.buffer.read(), type=Printed)
        from reports.document.layout import document  # its libraries, once it is clear that there is something to draw

        drawn = document(printed)
    except (msgspec.MsgspecError, LookupError, ValueError, ArithmeticError, MemoryError, OSError) as error:
        raise SystemExit(f"{type(error).__name__}: {error}".replace("\n", " ")) from None
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    main()
