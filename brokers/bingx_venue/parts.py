"""What the orders of perpetuals are read and canceled with, made once."""

from brokers.bingx_venue.cancelling import Cancelling
from brokers.bingx_venue.fills import Fills
from brokers.bingx_venue.finding import Finding
from brokers.bingx_venue.legs import Legs
from brokers.bingx_venue.lists import Lists
from brokers.bingx_venue.modes import Modes
from brokers.bingx_venue.remembered import Remembered
from brokers.bingx_venue.rest import Rest


class Parts:
    """Each part, with what it stands on."""

    def __init__(self, rest: Rest, modes: Modes) -> None:
        """Make them.

        Args:
            rest: Calls BingX.
            modes: Knows the position mode.
        """
        self.rest = rest
        self.modes = modes
        self.remembered = Remembered()
        self.lists = Lists(rest, self.remembered)
        self.fills = Fills(rest)
        self.legs = Legs(self.lists, self.remembered)
        self.finding = Finding(self.lists, self.fills, self.legs, self.remembered, clock=rest.clock)
        self.cancelling = Cancelling(rest, self.lists, self.finding, self.remembered)
