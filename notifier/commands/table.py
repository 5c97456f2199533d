"""What a person can type, in one table: `/help`, Telegram's own menu and docs/chat.md are all made from it."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from bus.language import Language

Who = Literal["chat", "anybody", "viewer", "trader", "admin"]
"""Who may type a command: the configured chats; those and every user of trading; a user of this role or a higher one.

Users of trading are there where trading is; `notifier.commands.door` tells them apart.
"""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command; `arguments` as `/help` shows them, in Russian and German where they have names there.

    `from_link`: what stands behind it comes from a link that was followed, and means nothing. `changes`: it has an
    effect that must not come hours late; `alone`: also without a word behind it. `asks_for_snapshot`: it is a request,
    stored before Telegram may forget it. `urgent`: it counts however late it comes, each time.
    """

    name: str
    en: str
    ru: str
    de: str
    arguments: str = ""
    arguments_ru: str = ""
    arguments_de: str = ""
    from_link: bool = False
    changes: bool = False
    alone: bool = False
    asks_for_snapshot: bool = False
    who: Who = "chat"
    urgent: bool = False

    def described(self, language: Language) -> str:
        """Return what it does, in a few words."""
        return {"en": self.en, "ru": self.ru, "de": self.de}[language]

    def shown(self, language: Language) -> str:
        """Return it as it is typed, with what may stand behind it."""
        own = {"en": self.arguments, "ru": self.arguments_ru, "de": self.arguments_de}[language]
        arguments = own or self.arguments
        return f"/{self.name} {arguments}".rstrip()

    def takes(self, arguments: Sequence[str]) -> bool:
        """Tell whether words may stand behind it; whether they make sense, its handler says.

        Args:
            arguments: The words that were typed behind the command.
        """
        return not arguments or bool(self.arguments) or self.from_link


COMMANDS = (
    Command(name="now", en="the portfolio now", ru="портфель сейчас", de="das Portfolio jetzt", asks_for_snapshot=True),
    Command(name="status", en="the same", ru="то же", de="dasselbe", asks_for_snapshot=True),
    Command(name="history", en="the last 30 days", ru="последние 30 дней", de="die letzten 30 Tage"),
    Command(name="chart", en="a chart", ru="график", de="ein Chart", arguments="[7d|30d|90d|1y|all] [usd|rub]"),
    Command(
        name="change", en="what changed since when", ru="что изменилось и с каких пор", de="was sich seit wann änderte"
    ),
    Command(
        name="why",
        en="how the last round went",
        ru="как прошёл последний опрос",
        de="wie die letzte Abfrage lief",
        arguments="[platform]",
        arguments_ru="[платформа]",
        arguments_de="[Plattform]",
    ),
    Command(name="health", en="how the programs are", ru="как дела у программ", de="wie es den Programmen geht"),
    Command(
        name="frequency",
        en="how often a message comes",
        ru="частота сообщений",
        de="Takt der Nachrichten",
        arguments="[minutes|default]",
        arguments_ru="[минуты|default]",
        arguments_de="[Minuten|default]",
        changes=True,
    ),
    Command(
        name="pause",
        en="no scheduled messages",
        ru="без сообщений по расписанию",
        de="keine geplanten Nachrichten",
        changes=True,
        alone=True,
    ),
    Command(
        name="resume",
        en="scheduled messages again",
        ru="снова по расписанию",
        de="wieder geplante Nachrichten",
        changes=True,
        alone=True,
    ),
    Command(
        name="restart",
        en="restart a collector",
        ru="перезапустить сборщик",
        de="Kollektor neu starten",
        arguments="[collector]",
        arguments_ru="[сборщик]",
        arguments_de="[Kollektor]",
        changes=True,
    ),
    Command(
        name="version", en="which version runs", ru="какая версия работает", de="welche Version läuft", who="anybody"
    ),
    Command(name="help", en="this list", ru="этот список", de="diese Liste", who="anybody"),
    Command(
        name="start",
        en="what this bot does",
        ru="что умеет этот бот",
        de="was dieser Bot kann",
        from_link=True,
        who="anybody",
    ),
)

BY_NAME = {command.name: command for command in COMMANDS}
OTHER_NAMES = {"mute": "pause", "unmute": "resume"}
"""What these commands are called where trading is, and may be called everywhere."""


def help_text(language: Language, commands: Sequence[Command] = COMMANDS) -> str:
    """Return the list of commands, one a line; below each that takes words, how it is typed with them.

    Args:
        commands: Those that are listed.
    """
    lines = []
    for command in commands:
        lines.append(f"/{command.name} – {command.described(language)}")
        if command.arguments:
            lines.append(command.shown(language))
    return "\n".join(lines)
