"""What a person can type where there is trading: the usual table, with what means something else there replaced."""

from msgspec.structs import replace

from notifier.commands.table import BY_NAME, COMMANDS
from notifier.trading.tables.control import STATUS, TRADING
from notifier.trading.tables.menu import MENU
from notifier.trading.tables.orders import ORDERS
from notifier.trading.tables.people import PEOPLE
from notifier.trading.tables.reports import REPORTS
from notifier.trading.tables.settings import SETTINGS
from notifier.trading.tables.watching import WATCHING

MUTE = (
    replace(BY_NAME["pause"], name="mute"),
    replace(BY_NAME["resume"], name="unmute"),
)
WHY = replace(
    BY_NAME["why"],
    en="how a round, or a signal, went",
    ru="как прошёл опрос или сигнал",
    de="wie Abfrage oder Signal lief",
    arguments="[platform|signal]",
    arguments_ru="[платформа|сигнал]",
    arguments_de="[Plattform|Signal]",
    who="anybody",
)
_ELSEWHERE = {"status", "pause", "resume", "why"}
_USUAL = tuple(each for each in COMMANDS if each.name not in _ELSEWHERE)
BALANCES = (*(each for each in _USUAL if each.who == "chat"), *MUTE)
LAST = tuple(each for each in _USUAL if each.who == "anybody")

_TRADING = (*STATUS, *MENU, *TRADING, *ORDERS, *REPORTS, *SETTINGS, *WATCHING, *PEOPLE)
WITH_TRADING = (*BALANCES[:1], *_TRADING, WHY, *BALANCES[1:], *LAST)
