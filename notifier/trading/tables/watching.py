"""Alerts, schedules, screeners."""

from notifier.commands.table import Command

WATCHING: tuple[Command, ...] = (
    Command(
        name="alert",
        en="what is watched",
        ru="за чем следить",
        de="was beobachtet wird",
        arguments="[list|new ...|on NAME|off NAME|delete NAME]",
        changes=True,
        who="viewer",
    ),
    Command(
        name="schedule",
        en="what is done at times",
        ru="что делать по времени",
        de="was zu Zeiten geschieht",
        arguments="[list|new ...|on NAME|off NAME|delete NAME]",
        changes=True,
        who="viewer",
    ),
    Command(
        name="screen",
        en="instruments that meet conditions",
        ru="инструменты по условиям",
        de="Werte, die Bedingungen erfüllen",
        arguments="[list|new ...|run NAME|on NAME|off NAME|delete NAME]",
        changes=True,
        who="viewer",
    ),
)
