"""What a person can type where there is trading: the usual table, with what means something else there replaced."""

from msgspec.structs import replace

from notifier.commands.table import BY_NAME, COMMANDS, Command

STATUS = (Command(name="status", en="how trading is", ru="как идёт торговля", who="viewer"),)
TRADING = (
    Command(name="positions", en="what is held", ru="что в портфеле торговли", who="viewer"),
    Command(
        name="orders",
        en="the newest orders",
        ru="последние заявки",
        arguments="[status]",
        arguments_ru="[статус]",
        who="viewer",
    ),
    Command(name="queue", en="signals that wait, and why", ru="сигналы в очереди и почему", who="viewer"),
    Command(name="signals", en="the newest signals", ru="последние сигналы", who="viewer"),
    Command(
        name="kill",
        en="stop all trading, at once",
        ru="остановить всю торговлю, сразу",
        arguments="[reason]",
        arguments_ru="[причина]",
        who="trader",
        urgent=True,
    ),
    Command(name="unkill", en="trade again", ru="снова торговать", changes=True, alone=True, who="trader"),
    Command(name="pause", en="no more buying", ru="не покупать", arguments="[all]", who="trader", urgent=True),
    Command(
        name="resume", en="buy again", ru="снова покупать", arguments="[all]", changes=True, alone=True, who="trader"
    ),
    Command(
        name="mode",
        en="what becomes of signals",
        ru="что делать с сигналами",
        arguments="[strategy] auto|manual|closing_only|off",
        arguments_ru="[стратегия] auto|manual|closing_only|off",
        changes=True,
        who="viewer",
    ),
    Command(name="close", en="close a position", ru="закрыть позицию", arguments="SYMBOL", changes=True, who="trader"),
    Command(name="sell_all", en="close everything", ru="закрыть всё", changes=True, alone=True, who="trader"),
    Command(
        name="cancel",
        en="cancel an order or signal",
        ru="отменить заявку или сигнал",
        arguments="ID",
        changes=True,
        who="trader",
    ),
    Command(name="clear_queue", en="refuse what waits", ru="отклонить очередь", changes=True, alone=True, who="trader"),
    Command(
        name="strategy",
        en="strategies and their addresses",
        ru="стратегии и их адреса",
        arguments="[list|new NAME|url NAME|rotate NAME|off NAME]",
        changes=True,
        who="viewer",
    ),
)
MUTE = (
    replace(BY_NAME["pause"], name="mute"),
    replace(BY_NAME["resume"], name="unmute"),
)
WHY = replace(
    BY_NAME["why"],
    en="how a round, or a signal, went",
    ru="как прошёл опрос или сигнал",
    arguments="[platform|signal]",
    arguments_ru="[платформа|сигнал]",
    who="anybody",
)
_ELSEWHERE = {"status", "pause", "resume", "why"}
_BALANCES = tuple(each for each in COMMANDS if each.name not in _ELSEWHERE)
_NOW = tuple(each for each in _BALANCES if each.name == "now")
_REST = tuple(each for each in _BALANCES if each.name != "now" and each.who == "chat")
_LAST = tuple(each for each in _BALANCES if each.who == "anybody")

WITH_TRADING = (*_NOW, *STATUS, *TRADING, WHY, *_REST, *MUTE, *_LAST)
