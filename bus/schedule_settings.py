"""The schedule's variables, declared once: the clock follows them, the aggregator notices when they change."""

from typing import Annotated

import msgspec
from msgspec import Meta

Timezone = Annotated[str, Meta(description="an IANA time zone; the schedule and all times shown follow it")]
"""The type of TIMEZONE in every Settings Struct that shows or computes local times."""

CollectDeadlineSeconds = Annotated[
    float, Meta(ge=3, le=600, description="seconds after which a message leaves, whoever has answered, 3 to 600")
]
"""The type of COLLECT_DEADLINE_SECONDS, which every interval must be longer than."""


class ScheduleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When scheduled messages are due."""

    timezone: Timezone = "Europe/Paris"
    poll_interval_minutes: Annotated[
        int, Meta(ge=1, le=720, description="minutes between messages, 1 to 720, longer than the deadline")
    ] = 120
    window_start_hour: Annotated[int, Meta(ge=0, le=23, description="the hour of the first message, 0 to 23")] = 8
    window_end_hour: Annotated[
        int, Meta(ge=0, le=23, description="the hour of the last message, 0 to 23, not before the start")
    ] = 20
    schedule_cron: Annotated[
        str | None,
        Meta(description="one cron expression of five fields that overrides interval and hours; empty for none"),
    ] = None
