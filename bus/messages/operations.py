"""What is said about the programs themselves: that they live, how they are, and that one is to be started anew."""

from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

from bus.messages.base import Message

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""Aware: what names no zone is not read, whoever says it."""


class Heartbeat(Message, frozen=True, kw_only=True, omit_defaults=True):
    """A process lives and its loop turns. `pss_kb`: its proportional share of memory, 0 where that is not told.

    `said_at` is when, by the clock of a machine that has a name; others need not tell.
    """

    TOLD_APART_BY: ClassVar[str] = "name"

    name: str
    pid: int
    started_at: Moment
    last_round: str = ""
    pss_kb: int = 0
    said_at: Moment | None = None


class HealthRequested(Message, frozen=True, kw_only=True):
    """Somebody wants to know how everybody is: answered by Health, NextSlot and one KeyHealth for each key."""

    id: str


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """What the sentinel knows of one process: `state` is supervisord's word, `beat_age_s` counts from its last beat.

    A process that supervisord calls RUNNING is STARTING here until its first beat, for its first seconds at most.
    """

    name: str
    state: str
    pid: int = 0
    started_at: datetime | None = None
    beat_age_s: float | None = None
    pss_kb: int = 0


class Health(Message, frozen=True, kw_only=True):
    """The sentinel's answer to HealthRequested `id`."""

    id: str
    programs: tuple[Program, ...]


class KeyHealth(Message, frozen=True, kw_only=True):
    """A collector's word about its key, as answer to HealthRequested `id`.

    `expires_at` is None where nobody says, or it does not expire. `told_by`: "platform", "owner" or empty. `rights` is
    "read only" (proven), "can trade", "unproven", "not asked", or "by nature".
    """

    id: str
    platform: str
    rights: str
    expires_at: datetime | None = None
    told_by: str = ""
    proven_at: datetime | None = None


class RestartRequested(Message, frozen=True, kw_only=True):
    """The owner wants a collector restarted; repeated until Restarted `id` is heard, done once."""

    id: str
    program: str


class Restarted(Message, frozen=True, kw_only=True):
    """The sentinel's answer to RestartRequested `id`: the new process, or why there is none."""

    id: str
    program: str
    pid: int = 0
    problem: str = ""
