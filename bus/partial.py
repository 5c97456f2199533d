"""Moved."""

from bus.messages.partial_balance import *  # noqa
from bus.messages.partial_balance import (
    INCOMPLETE as INCOMPLETE,
    STANDS_IN as STANDS_IN,
    mark as mark,
    missing as missing,
    standing_in as standing_in,
    worth as worth,
)
