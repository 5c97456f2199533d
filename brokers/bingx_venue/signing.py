"""How a call of BingX's is signed.

Follows BingX's "Authentication" (read 2026-11): HMAC-SHA256 over all parameters, sorted by name and joined as
`name=value&…` in plain text; everything goes in the query, whatever the method.

Quirks: a value is encoded on the wire only, so one that holds `&` or `=` could pose as other parameters; such values
are never sent. An empty value counts as not given.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import quote

from brokers.venue import Malformed
from bus import reasons

_NAME = re.compile(r"[A-Za-z]{1,40}")
_INJECTS = re.compile(r"[&=?#\x00-\x1f\x7f]")


def canonical(parameters: Mapping[str, str]) -> str:
    """Return what is signed.

    Args:
        parameters: Of the call, in plain text; empty ones are left out.

    Raises:
        Malformed: A value could pose as other parameters; nothing is sent.
    """
    for name, value in parameters.items():
        if not _NAME.fullmatch(name) or name == "signature" or _INJECTS.search(value):
            raise Malformed(reasons.BAD_ANSWER, code="not sendable")
    return "&".join(f"{name}={value}" for name, value in sorted(parameters.items()) if value)


def signature(text: str, secret: str) -> str:
    """Return a text's signature: 64 hex digits in lower case.

    Args:
        text: What `canonical` has made.
        secret: The key's second half.
    """
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def query(parameters: Mapping[str, str], secret: str) -> str:
    """Return the query of a call, signed.

    Args:
        parameters: Of the call, in plain text, `timestamp` among them.
        secret: The key's second half.

    Raises:
        Malformed: As `canonical`.
    """
    signed = signature(canonical(parameters), secret)
    shown = (f"{name}={quote(value, safe='')}" for name, value in sorted(parameters.items()) if value)
    return "&".join((*shown, f"signature={signed}"))
