"""Compile what the programs import, once, at installation.

    python -m tools.precompile

Programs run with -OO and keep their compiled files in `.venv/pycache`, the standard library's included: without them
every start compiles in memory, which costs all processes together some 50 MB and several seconds. The program that
draws charts, and the one that draws reports, are run once for each level: they load their libraries as they go, and the
first run lists the machine's fonts, into `.venv/matplotlib`.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from launch.__main__ import LEAN
from notifier.charts import drawing
from notifier.charts.request import ChartRequest, Dot
from reports import printing
from reports.report import Curve, Held, Point, Report

EVERYTHING = """
import launch.__main__, dotenv.parser
launch.check.declared()
import aggregator.__main__, clock.__main__, notifier.__main__, notifier.now.__main__, bus.hub
import collectors.loop, ledger.migrate, alembic.command, collectors.egress.requests_session
import pybit.unified_trading, okx.Account, okx.Funding
import supervisor.supervisord, supervisor.supervisorctl
import notifier.trading.chat, execution.__main__, execution.nightly_check, webhook.__main__, brokers.paper, brokers.ibkr
import bridge.__main__
import sqlalchemy.dialects.postgresql
"""

CHART = ChartRequest(
    dots=tuple(
        Dot(at=datetime(2026, 2, day, tzinfo=UTC), amount=Decimal(day), mark=mark)
        for day, mark in enumerate(("", "", "≈", "≥", "", ""), start=1)
    ),
    currency="USD",
    span="7d",
    language="ru",
    timezone="Europe/Paris",
)

REPORT = printing.Printed(
    report=Report(
        portfolio="",
        mode="paper",
        days=7,
        since=CHART.dots[0].at,
        until=CHART.dots[-1].at,
        gross={},
        fees={},
        funding={},
        net={},
        fees_missing=0,
        executions=0,
        by_currency=(),
        by_symbol=(),
        by_strategy=(),
        refused=(),
        curves=(Curve(currency="USD", points=tuple(Point(dot.at, dot.amount or Decimal(0)) for dot in CHART.dots)),),
        held=(Held(symbol="", quantity=Decimal(1), average_price=Decimal(1), currency="USD"),),
    ),
    language="ru",
    timezone="Europe/Paris",
)


def main() -> None:
    """Import everything in a child for each optimisation level that is used, and draw one chart and one report."""
    prefix = str(Path(sys.prefix).resolve() / "pycache")
    for how in ({}, LEAN):
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": prefix, **how}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        subprocess.run([sys.executable, "-c", EVERYTHING], env=environment, check=True)
        environment["MPLCONFIGDIR"] = str(drawing.FONTS)
        asked = msgspec.json.encode(CHART)
        subprocess.run(drawing.COMMAND, env=environment, input=asked, stdout=subprocess.DEVNULL, check=True)
        asked = msgspec.json.encode(REPORT)
        subprocess.run(printing.COMMAND, env=environment, input=asked, stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
