"""A platform's key: what it may do, when that was proven, and when it ends.

The rule is that a key must not be able to do more than read. It is proven before the first balance and again before the
proof is a day old; a proof that is older counts no more, so that rights given meanwhile are noticed within a day.
"""

import time
from datetime import UTC, date, datetime
from typing import Annotated, Literal

import msgspec

from bus import reasons
from bus.log import logger
from bus.messages.rounds import Platform
from collectors.errors import Denied

PROVE_EVERY_S = 82_800.0
PROOF_LASTS_S = 86_400.0
"""An hour longer than proofs are apart: so long a platform may fail to answer about the key."""

READ_ONLY, CAN_TRADE, UNPROVEN, NOT_ASKED, BY_NATURE = "read only", "can trade", "unproven", "not asked", "by nature"

Policy = Literal["enforce", "warn", "off"]
ReadOnlyCheck = Annotated[
    Policy, msgspec.Meta(description="enforce, warn or off: what happens to a key that can do more than read")
]
"""The type of READ_ONLY_CHECK in the Settings of each collector that can ask."""

log = logger(__name__)


class KeyState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a key; the fields are those of `bus.messages.operations.KeyHealth`."""

    rights: str
    expires_at: datetime | None = None
    told_by: str = ""
    proven_at: datetime | None = None


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner does about a key: to take rights from it, and before it ends."""

    rights: str = ""
    renewal: str = ""


class Key:
    """One platform's key; the worker thread sets what the platform says, the loop reads the frozen `state`."""

    def __init__(
        self, platform: Platform, policy: Policy | Literal["by nature"], *, advice: Advice, ends_on: date | None = None
    ) -> None:
        """Begin unproven.

        Args:
            platform: Whose key it is.
            policy: READ_ONLY_CHECK; `by nature` where there are no other keys than those that only read.
            advice: For log and chat, in sentences without a full stop.
            ends_on: The day of its end as the owner says, who is believed to the day: at its beginning.
        """
        self.label = platform.label
        self.advice = advice
        self.policy = policy
        self._name = platform.name
        self._proven_until_s = float("-inf")
        self._unknown_logged = False
        self.state = KeyState(
            rights={"off": NOT_ASKED, "by nature": BY_NATURE}.get(policy, UNPROVEN),
            expires_at=datetime(ends_on.year, ends_on.month, ends_on.day, tzinfo=UTC) if ends_on else None,
            told_by="owner" if ends_on else "",
        )
        if policy == "by nature":
            log.info("its keys can only read, by nature", platform=self._name)

    @property
    def is_checked(self) -> bool:
        """Whether the platform is to be asked what the key may do."""
        return self.policy in {"enforce", "warn"}

    def needs_proof(self) -> bool:
        """Tell whether the platform must be asked before the next balance."""
        return self.is_checked and time.monotonic() >= self._proven_until_s

    def set_rights(self, *, can_only_read: bool) -> None:
        """Set what the platform says about the key's rights.

        Args:
            can_only_read: Whether it can do no more than that.

        Raises:
            Denied: It can do more, and the policy is `enforce`.
        """
        rights = READ_ONLY if can_only_read else CAN_TRADE
        self.state = msgspec.structs.replace(self.state, rights=rights, proven_at=datetime.now(UTC))
        self._proven_until_s = float("-inf")
        if not can_only_read:
            log.error("key can trade", platform=self._name, policy=self.policy, cure=self.advice.rights)
            if self.policy == "enforce":
                raise Denied(reasons.KEY_CAN_TRADE)
        self._count_as_proven()

    def set_rights_unknown(self, code: str) -> None:
        """Set that this host, by its documentation, does not say what a key may do; logged once.

        Args:
            code: The platform's code for that.
        """
        self.state = msgspec.structs.replace(self.state, rights=UNPROVEN, proven_at=None)
        if not self._unknown_logged:
            log.info("this host cannot tell what the key may do", platform=self._name, code=code)
        self._unknown_logged = True
        self._count_as_proven()

    def set_expiry(self, at: datetime | None) -> None:
        """Set the end that the platform reports.

        Args:
            at: When the key ends, aware UTC; None where it does not.
        """
        self.state = msgspec.structs.replace(self.state, expires_at=at, told_by="platform")

    def _count_as_proven(self) -> None:
        """Begin the time for which the proof counts; without end where the owner does not enforce it."""
        lasts_s = PROOF_LASTS_S if self.policy == "enforce" else float("inf")
        self._proven_until_s = time.monotonic() + lasts_s
