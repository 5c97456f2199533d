"""BingX's REST interface: signed calls of the few paths that are needed, and their errors by name."""

import msgspec

from brokers.bingx import Settings


class Rest:
    """Calls BingX, within its rate limits, by the server's own time."""

    def __init__(self, settings: Settings) -> None:
        """Open nothing yet.

        Args:
            settings: The key, and where to call.
        """
        self._settings = settings

    async def get(self, path: str, **parameters: str) -> msgspec.Raw:
        """Ask something; changes nothing.

        Args:
            path: Such as `/openApi/swap/v2/user/positions`.
            parameters: Of the query, in plain text; `timestamp` and `signature` are added.

        Returns:
            The `data` of the answer, undecoded.

        Raises:
            VenueError: Busy, Denied, Malformed or Refused, with BingX's code; Busy where there was no answer.
        """
        raise NotImplementedError

    async def change(self, method: str, path: str, **parameters: str) -> msgspec.Raw:
        """Change something, once: it is sent one time, and never to a second host after the first may have heard it.

        Args:
            method: POST or DELETE.
            path: Such as `/openApi/swap/v2/trade/order`.
            parameters: Of the query.

        Returns:
            The `data` of the answer, undecoded.

        Raises:
            VenueError: Unknown where it may be done all the same; any other one means that it surely is not.
        """
        raise NotImplementedError
