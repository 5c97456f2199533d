"""Who sends a request: whoever is connected, or whom a proxy of our own says to have been connected with.

`X-Forwarded-For` is text that anybody may write. Each proxy puts the address that it sees at its end, so it is read
from there, and only as long as those who wrote it are trusted: the last entry that is no proxy of ours is the sender,
and whatever stands before it is the sender's own invention.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address

from webhook.networks import Networks, address_of

Address = IPv4Address | IPv6Address


def sender_of(peer: str | None, forwarded: Sequence[str], trusted: Networks) -> Address | None:
    """Tell who sends a request.

    Args:
        peer: The other end of the connection; None where the system names none.
        forwarded: The values of all headers `X-Forwarded-For`, in their order.
        trusted: The proxies of our own.

    Returns:
        The sender; None where it cannot be told, which is to be refused.
    """
    chain = [each for value in forwarded for each in value.split(",")]
    address = address_of(peer or "")
    while address is not None and trusted.holds(address) and chain:
        address = address_of(chain.pop())
    return address
