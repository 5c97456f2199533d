"""The rule that a key must not be able to do more than read, where the platform can tell."""

from typing import Annotated, Literal

import msgspec

from bus import reasons
from bus.log import logger
from collectors.errors import Denied

ReadOnlyCheck = Annotated[
    Literal["enforce", "warn", "off"],
    msgspec.Meta(description="enforce, warn or off: what happens to a key that can do more than read"),
]
"""The type of READ_ONLY_CHECK in the Settings of each collector that can ask."""

log = logger(__name__)


def judge(policy: str, *, platform: str, cure: str) -> None:
    """Deal with a key that can trade, transfer or withdraw.

    Args:
        policy: READ_ONLY_CHECK; `off` never gets here, the platform is not even asked.
        platform: For the log.
        cure: What the owner changes at the platform, for the log.

    Raises:
        Denied: The policy is `enforce`.
    """
    log.error("key can trade", platform=platform, policy=policy, cure=cure)
    if policy == "enforce":
        raise Denied(reasons.KEY_CAN_TRADE)
