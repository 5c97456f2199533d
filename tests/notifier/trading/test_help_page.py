"""`/help` where there is trading: grouped, and short enough for Telegram whoever asks; and Telegram's own menu."""

import re

import pytest

from bus.language import LANGUAGES, Language
from notifier.commands.dispatcher import menu
from notifier.commands.door import RANKS
from notifier.commands.table import Command
from notifier.texts.commands import WORDS
from notifier.texts.line_wrap import fitted
from notifier.trading.help_page import GROUPS, help_pages
from notifier.trading.table import WITH_TRADING

LONGEST_MESSAGE = 4096
"""Signs of a message, as Telegram takes it."""
MOST_COMMANDS, LONGEST_DESCRIPTION = 100, 256
"""What Telegram's own menu takes."""


def may(rank: int, *, of_balances: bool) -> list[Command]:
    """Return the commands of a role, with those of the balances or without."""
    return [each for each in WITH_TRADING if (of_balances if each.who == "chat" else rank >= RANKS.get(each.who, 0))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rank", [0, *RANKS.values()])
@pytest.mark.parametrize("of_balances", [False, True])
def test_help_is_one_message_or_two_that_telegram_takes_with_each_command_once(
    language: Language, rank: int, of_balances: bool
) -> None:
    commands = may(rank, of_balances=of_balances)
    pages = help_pages(language, commands)
    shown = [fitted(page) for page in (f"{WORDS[language].start}\n\n{pages[0]}", *pages[1:])]
    named = re.findall(r"^/(\w+).* – ", "\n".join(pages), re.MULTILINE)

    assert len(pages) <= 2
    assert max(map(len, shown)) <= LONGEST_MESSAGE
    assert sorted(named) == sorted(each.name for each in commands)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_without_a_command_for_the_asker_has_no_heading(language: Language) -> None:
    [page] = help_pages(language, [each for each in WITH_TRADING if each.name in {"status", "pnl"}])

    assert re.findall("<b>(.*)</b>", page) == [GROUPS[number].heading[language] for number in (0, 2)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_telegrams_own_menu_takes_the_whole_table(language: Language) -> None:
    commands = menu(language, WITH_TRADING)

    assert 1 <= len(commands) <= MOST_COMMANDS
    assert [each.command for each in commands if not re.fullmatch("[a-z0-9_]{1,32}", each.command)] == []
    assert [each.command for each in commands if not 1 <= len(each.description) <= LONGEST_DESCRIPTION] == []
