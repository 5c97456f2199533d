"""The keys of the bus between machines: Curve25519, written in hexadecimal digits.

ZeroMQ's own way to write them (Z85) has signs in it that a `.env` file reads otherwise.
"""

import re

import zmq
from zmq.utils import z85

DIGITS = 64
PATTERN = r"[0-9a-f]{64}\Z"


def new_secret() -> str:
    """Return a new secret key, in hexadecimal digits."""
    _, secret = zmq.curve_keypair()
    return z85.decode(secret).hex()


def public_of(secret: str) -> str:
    """Return the public key of a secret one, both in hexadecimal digits.

    Args:
        secret: The secret key.

    Raises:
        ValueError: It is no key; the text does not repeat it.
    """
    return z85.decode(zmq.curve_public(for_zeromq(secret))).hex()


def for_zeromq(key: str) -> bytes:
    """Return a key as ZeroMQ takes it.

    Args:
        key: In hexadecimal digits; spaces and line ends around it do not count.

    Raises:
        ValueError: It is no key; the text does not repeat it.
    """
    text = key.strip()
    if not re.match(PATTERN, text):
        raise ValueError(f"a key has {DIGITS} hexadecimal digits")
    return z85.encode(bytes.fromhex(text))
