"""`/help` where there is trading: what a person may type, in groups; pure."""

import html
from collections.abc import Collection
from typing import Final

import msgspec

from bus.language import Language
from notifier.commands.table import Command
from notifier.texts.line_wrap import COLUMNS, width
from notifier.trading.table import BALANCES, LAST, WHY
from notifier.trading.tables.control import STATUS, TRADING
from notifier.trading.tables.menu import MENU
from notifier.trading.tables.orders import ORDERS
from notifier.trading.tables.people import PEOPLE
from notifier.trading.tables.reports import REPORTS
from notifier.trading.tables.settings import SETTINGS
from notifier.trading.tables.watching import WATCHING

MOST_LINES: Final = 45
"""A longer list is two messages."""


class Group(msgspec.Struct, frozen=True):
    """Commands under one heading, in each language."""

    heading: dict[Language, str]
    commands: tuple[Command, ...]


GROUPS: Final = (
    Group({"en": "Status", "ru": "Состояние", "de": "Stand"}, (*STATUS, *MENU, WHY, *LAST)),
    Group({"en": "Orders", "ru": "Заявки", "de": "Orders"}, (*TRADING, *ORDERS)),
    Group({"en": "Reports", "ru": "Отчёты", "de": "Berichte"}, REPORTS),
    Group({"en": "Settings", "ru": "Настройки", "de": "Einstellungen"}, SETTINGS),
    Group({"en": "Watching", "ru": "Наблюдение", "de": "Beobachtung"}, WATCHING),
    Group({"en": "Users and portfolios", "ru": "Люди и портфели", "de": "Nutzer und Portfolios"}, PEOPLE),
    Group({"en": "Balances", "ru": "Балансы", "de": "Salden"}, BALANCES),
)


def help_pages(language: Language, commands: Collection[Command]) -> tuple[str, ...]:
    """Return what a person may type, in one message or two.

    Args:
        language: The person's.
        commands: Those that the person may type in this chat.

    Returns:
        Telegram's HTML.
    """
    groups = [_listed(group, language, commands) for group in GROUPS]
    shown = [lines for lines in groups if len(lines) > 1]
    counts = [sum(map(len, shown[:number])) for number in range(len(shown) + 1)]
    if counts[-1] <= MOST_LINES:
        return (_page(shown),)
    parted = min(range(1, len(shown)), key=lambda number: abs(counts[-1] - 2 * counts[number]))
    return _page(shown[:parted]), _page(shown[parted:])


def _listed(group: Group, language: Language, commands: Collection[Command]) -> list[str]:
    """Return the lines of a group: its heading, and those of its commands that are among some."""
    lines = [f"<b>{group.heading[language]}</b>"]
    for command in group.commands:
        if command in commands:
            lines += _lines(command, language)
    return lines


def _lines(command: Command, language: Language) -> list[str]:
    """Return a command with what it does and what it takes: in a line where that fits a phone, else in two."""
    typed, described = command.shown(language), command.described(language)
    line = f"{typed} – {described}"
    if command.arguments and width(line) > COLUMNS:
        return [html.escape(each, quote=False) for each in (f"/{command.name} – {described}", typed)]
    return [html.escape(line, quote=False)]


def _page(groups: list[list[str]]) -> str:
    """Return groups as a message has them."""
    return "\n\n".join("\n".join(lines) for lines in groups)
