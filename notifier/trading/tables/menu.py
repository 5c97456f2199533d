"""The menu with buttons."""

from notifier.commands.table import Command

MENU: tuple[Command, ...] = (
    Command(name="trade", en="trading by buttons", ru="торговля кнопками", de="Handeln mit Knöpfen", who="viewer"),
)
