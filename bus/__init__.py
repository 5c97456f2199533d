"""The inside world: messages, sockets, settings and logs that every process shares.

Imported before anything else by every package, for the sake of memory: msgspec takes typing_extensions where it is
installed (SQLAlchemy wants it) and does as well without. It would cost every process 2.4 MB.
"""

import sys

if "typing_extensions" not in sys.modules:
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]  # Python's own way to say "not to be had"
    import msgspec  # noqa: F401 - while it cannot be had

    del sys.modules["typing_extensions"]
