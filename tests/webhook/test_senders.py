"""Who sends: the other end of the connection, unless a proxy of our own says otherwise (fault T8)."""

import pytest

from webhook.networks import Networks, address_of
from webhook.senders import sender_of

PROXIES = Networks.from_text("127.0.0.1, 10.0.0.0/8, ::1")
TRADINGVIEW = "52.89.214.238"


@pytest.mark.parametrize(
    ("peer", "forwarded", "sender"),
    [
        (TRADINGVIEW, [], TRADINGVIEW),
        ("203.0.113.9", [TRADINGVIEW], "203.0.113.9"),
        ("127.0.0.1", [TRADINGVIEW], TRADINGVIEW),
        ("127.0.0.1", [f"{TRADINGVIEW}, 203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", [TRADINGVIEW, "203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", [f"203.0.113.9, {TRADINGVIEW}, 10.1.2.3"], TRADINGVIEW),
        ("127.0.0.1", [f"evil, {TRADINGVIEW}"], TRADINGVIEW),
        ("127.0.0.1", [f"{TRADINGVIEW}, evil"], None),
        ("127.0.0.1", [""], None),
        ("127.0.0.1", ["10.1.1.1"], "10.1.1.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("::1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:127.0.0.1", [f"::ffff:{TRADINGVIEW}"], TRADINGVIEW),
        (None, [TRADINGVIEW], None),
        ("", [TRADINGVIEW], None),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str | None, forwarded: list[str], sender: str | None) -> None:
    """Fault T8: all of it."""
    assert sender_of(peer, forwarded, PROXIES) == (address_of(sender) if sender else None)


def test_without_a_proxy_nobody_is_believed() -> None:
    """Fault T8: from this machine itself."""
    assert sender_of("127.0.0.1", [TRADINGVIEW], Networks(())) == address_of("127.0.0.1")


def test_networks_are_read_and_written_alike() -> None:
    assert str(Networks.from_text("52.89.214.238,192.0.2.0/24 , 2001:db8::/32,::1")) == (
        "52.89.214.238, 192.0.2.0/24, 2001:db8::/32, ::1"
    )


@pytest.mark.parametrize("text", ["tradingview.com", "300.1.1.1", "192.0.2.7/24", "1.2.3.4:80", "all"])
def test_what_is_no_network_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"192\.0\.2\.0/24"):
        Networks.from_text(text)
