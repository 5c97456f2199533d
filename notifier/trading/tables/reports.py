"""Profit and loss, executions, reports."""

from notifier.commands.table import Command

REPORTS: tuple[Command, ...] = ()
