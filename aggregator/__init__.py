"""Rounds: opened by a tick, closed with a snapshot whose every number is true or marked."""

import bus  # noqa: F401 - first, see there
