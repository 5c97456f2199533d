"""The clock's settings."""

from typing import Annotated

from msgspec import Meta

from bus.schedule_settings import CollectDeadlineSeconds, ScheduleSettings
from bus.trading_settings import Trading
from clock.schedule import Schedule


class Settings(ScheduleSettings, frozen=True, kw_only=True):
    """The schedule, how long a round stays open, and whether there are jobs of trading to announce."""

    trading: Trading = "off"
    collect_deadline_seconds: CollectDeadlineSeconds = 45
    slot_grace_minutes: Annotated[
        float, Meta(ge=0.1, le=720, description="minutes for which a late slot still gets its message, 0.1 to 720")
    ] = 15

    def __post_init__(self) -> None:
        """Refuse a schedule that makes no sense.

        Raises:
            ValueError: Names the variable and says what to write.
        """
        self.schedule()
        if self.collect_deadline_seconds >= self.poll_interval_minutes * 60:
            raise ValueError(
                "COLLECT_DEADLINE_SECONDS is not shorter than POLL_INTERVAL_MINUTES; write a shorter deadline or a "
                "longer interval"
            )

    def schedule(self, interval_minutes: int | None = None) -> Schedule:
        """Return the schedule; a number of minutes given here overrides interval and cron expression of `.env`.

        Args:
            interval_minutes: Minutes between two slots, as the owner has said in the chat; None for what `.env` says.

        Raises:
            ValueError: The number is not from 1 to 720, or not longer than the deadline.
        """
        if interval_minutes is not None and interval_minutes * 60 <= self.collect_deadline_seconds:
            raise ValueError(f"{interval_minutes} minutes are not longer than COLLECT_DEADLINE_SECONDS")
        return Schedule(
            timezone=self.timezone,
            interval_minutes=self.poll_interval_minutes if interval_minutes is None else interval_minutes,
            window_start_hour=self.window_start_hour,
            window_end_hour=self.window_end_hour,
            cron=self.schedule_cron if interval_minutes is None else None,
        )
