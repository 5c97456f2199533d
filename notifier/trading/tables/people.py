"""Users, accounts, brokers, portfolios: who there is, and what they trade with."""

from notifier.commands.table import Command

PEOPLE: tuple[Command, ...] = ()
