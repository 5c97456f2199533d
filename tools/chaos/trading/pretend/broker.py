"""The pretend venue's broker in the place of the paper broker, whose settings name the venue's address.

    python -m tools.chaos.trading.pretend.broker launch     becomes the launcher, which becomes this broker
    python -m tools.chaos.trading.pretend.broker            is the broker, started by the launcher

So the launcher hands over the key as it does to every broker, and execution sees the account on paper that it has made.
"""

import os
import sys

import msgspec

from brokers import paper
from brokers.desk.pace import Pace
from brokers.loop import serve
from bus.process import run
from bus.settings import take
from launch import __main__ as launcher
from launch import programs
from tools.pretend_broker import PretendVenue

MODULE = "tools.chaos.trading.pretend.broker"
PACE = Pace(call_s=3.0, check_s=2.0, hurry_s=1.0, longest_reconnect_s=4.0, longest_look_s=5.0)


def main() -> None:
    """Serve the pretend venue until told to leave."""
    settings = take(paper.Settings, os.environ)
    key = bytes.fromhex(settings.order_key.reveal())
    serve(paper.PROCESS, PretendVenue(settings.paper_quotes_url), key=key, pace=PACE)


def launch() -> None:
    """Become this broker as the launcher becomes a program."""
    programs.PROGRAMS = tuple(
        msgspec.structs.replace(each, module=MODULE) if each.name == paper.PROCESS else each
        for each in programs.PROGRAMS
    )
    sys.argv = ["launch", paper.PROCESS]
    launcher.main()


if __name__ == "__main__":
    if sys.argv[1:] == ["launch"]:
        launch()
    else:
        run(main, name=paper.PROCESS)
