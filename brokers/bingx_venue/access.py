"""Which account of BingX's is traded in, with which key, and where: what the settings come to."""

import msgspec

from bus.settings import Secret


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """How BingX is reached.

    Attributes:
        key: The key's first half, sent with every call of the account.
        secret: Its second half; signs, and is never sent.
        hosts: Where the REST interface is: the one that is called, and its twin for when that cannot be connected to.
        stream_url: Where the stream of perpetuals is.
        spot_stream_url: Where the stream of spot is; empty where there is no spot.
        is_live: Whether it is real money.
        subaccount: The UID that the key must be of; empty: whichever it is of.
    """

    key: Secret
    secret: Secret
    hosts: tuple[str, ...]
    stream_url: str = ""
    spot_stream_url: str = ""
    is_live: bool = False
    subaccount: str = ""
