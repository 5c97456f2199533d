"""The chat: snapshots worded for people."""

import bus  # noqa: F401 - first, see there
