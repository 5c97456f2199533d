"""A platform's own error codes as data: which error each one stands for; no network here.

Follows no outside page: each platform's reader has its own codes, from that platform's documentation.
"""

from collections.abc import Mapping

import msgspec

from bus import reasons
from collectors.errors import Busy, Denied, Malformed, PlatformError


class Codes(msgspec.Struct, frozen=True, kw_only=True):
    """The codes of one platform that need nothing but their name to be judged.

    Attributes:
        denied: What only the owner can cure, each with its reason from `bus.reasons`.
        transient: What passes by itself.
        bad_request: Known, and not to be cured by asking again: a wrong question, or a call that is not there.
    """

    denied: Mapping[str, str]
    transient: frozenset[str]
    bad_request: frozenset[str]

    def error(self, code: str) -> PlatformError | None:
        """Return the error that a code stands for, None for one that is not among these.

        Args:
            code: The platform's code, as text.
        """
        if code in self.denied:
            return Denied(self.denied[code], code=code)
        if code in self.transient:
            return Busy(reasons.MAINTENANCE, code=code)
        return Malformed(reasons.BAD_ANSWER, code=code) if code in self.bad_request else None
