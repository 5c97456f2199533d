"""How long nothing may be heard of a process before something follows; seconds on the monotonic clock.

Every process beats each `bus.connection.BEAT_S`, from the loop that does its work.
"""

NOT_RUNNING_AFTER_S = 10.0
"""A source that does not answer a round is `not running` when two beats are missing, else it is only late."""

HUB_SILENT_AFTER_S = 12.0
"""When nobody at all is heard for so long, it is the hub that forwards nothing; well before anybody is killed."""

KILLED_AFTER_S = 30.0
"""A process that is silent for so long is stuck, and is killed so that supervisord starts another one."""

STOOD_STILL_S = 5.0
"""Who counts the silence of others every second or two, and comes so late, stood still itself and counts anew."""
