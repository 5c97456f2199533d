"""The outside world: one process per platform turns its answers into balances, or into a failure with a reason."""

import bus  # noqa: F401 - first, see there
