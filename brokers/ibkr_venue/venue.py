"""Interactive Brokers as the loop sees it."""

from brokers.ibkr_venue.link import Link


class IbkrVenue:
    """One account at Interactive Brokers."""

    def __init__(self, link: Link, *, fractional: bool) -> None:
        """Keep what is needed.

        Args:
            link: The link to the gateway.
            fractional: Whether fractions of shares are ordered where the instrument allows them.
        """
        self.link, self.fractional = link, fractional
