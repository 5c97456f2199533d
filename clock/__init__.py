"""The clock: says when a round is due, and keeps saying it until the round is closed."""

import bus  # noqa: F401 - first, see there
