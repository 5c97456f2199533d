"""Thirty-five days of trading in false time, on one ledger: the invariants T1 to T6.

The month has the end of summer time in Europe and in New York, a holiday and a half day in it. A seed makes everything
happen again; more of them: MONTH_SEEDS=1,2,3.
"""

import logging
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copy
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import select

from execution import desks
from execution.hours import session_of
from ledger.inbox.opening import open_inbox
from ledger.store import Ledger, open_ledger
from ledger.trading.books import self_check
from ledger.trading.flow.states import ENDED
from ledger.trading.orders.states import OPEN
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import halts, jobs, signals, trading_requests
from ledger.trading.tables.trading import orders, positions, trades
from ledger.trading.work import Work
from tests.execution.month import DAYS, NEW_YORK, START, TROUBLES, Month
from tests.execution.month_venue import is_share
from tests.ledger.conftest import each_url, empty_ledger, migrated, postgresql, url
from tests.ledger.trading.world import rows

__all__ = ["each_url", "empty_ledger", "migrated", "postgresql", "url"]
pytestmark = pytest.mark.timeout(600)
SEEDS = [int(each) for each in os.environ.get("MONTH_SEEDS", "42").split(",")]
DAILY = {"day_start": (time(0), UTC), "self_check": (time(4, 30), UTC), "retention": (time(3, 10), UTC)} | {
    "nightly_sync": (time(3, 50), UTC),
    "day_start_new_york": (time(0), NEW_YORK),
    "market_open": (time(9, 30), NEW_YORK),
}
