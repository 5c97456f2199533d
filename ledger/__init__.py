"""What must not be lost: snapshots, requests, messages to send, settings; SQLite by default, PostgreSQL by URL."""

import bus  # noqa: F401 - first, see there
