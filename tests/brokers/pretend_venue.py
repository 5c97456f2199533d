"""What tests order of the pretend venue, and what they read of it past every broker."""

import httpx

from sandbox.control.client import Sandbox


def control(venue: Sandbox, path: str, body: dict[str, str] | None = None) -> None:
    """Order something of the control port."""
    answer = httpx.post(venue.addresses["control"] + path, json=body or {}, trust_env=False)
    answer.raise_for_status()


def taken_orders(venue: Sandbox, account: str = "acc-1") -> list[str]:
    """Return the client ids of all orders that the venue has, open and ended."""
    events = httpx.get(f"{venue.addresses['venue']}/orders/{account}", trust_env=False)
    events.raise_for_status()
    found: list[str] = events.json()["client_ids"]
    return found
