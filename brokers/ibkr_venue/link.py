"""The link to the gateway: connected, proven to be the account, and told when it is ill."""


class Link:
    """One connection of ib_async to a gateway; made again for as long as it is lost."""

    def __init__(self, host: str, port: int, *, client_id: int, number: str) -> None:
        """Connect to nothing yet.

        Args:
            host: Where the gateway listens.
            port: Its port.
            client_id: Under which number this program speaks to it.
            number: The account's number, such as DU1234567.
        """
        self._host, self._port, self._client_id, self.number = host, port, client_id, number
