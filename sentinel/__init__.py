"""Watches the others: supervisord's events, silent processes, a hub that forwards nothing; raises alerts."""

import bus  # noqa: F401 - first, see there
