"""Addresses and networks, as `.env` lists them."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


class Networks:
    """Networks, a single address being one of its own; a plain class, so that msgspec hands the text to `from_text`."""

    def __init__(self, networks: tuple[IPv4Network | IPv6Network, ...]) -> None:
        """Keep the networks.

        Args:
            networks: In the order of `.env`.
        """
        self._networks = networks

    @classmethod
    def from_text(cls, text: str) -> "Networks":
        """Read networks separated by commas.

        Args:
            text: As `.env` has it, such as `52.89.214.238, 192.0.2.0/24`.

        Returns:
            The networks.

        Raises:
            ValueError: One is none.
        """
        try:
            return cls(tuple(ip_network(part.strip()) for part in text.split(",") if part.strip()))
        except ValueError:
            raise ValueError("an address is like 192.0.2.7, a network like 192.0.2.0/24") from None

    def __str__(self) -> str:
        """Return the networks as `.env` has them."""
        return ", ".join(str(each.network_address if each.num_addresses == 1 else each) for each in self._networks)

    def holds(self, address: IPv4Address | IPv6Address) -> bool:
        """Tell whether an address lies in one of the networks.

        Args:
            address: As `address_of` returns it.
        """
        return any(address in network for network in self._networks)


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address.

    Args:
        text: As a socket or a proxy names it.

    Returns:
        The address, an IPv4 one also where it comes as IPv6 (`::ffff:192.0.2.7`); None where it is none.
    """
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
