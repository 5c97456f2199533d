"""How trading is, and what stops or changes it."""

from notifier.commands.table import Command

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
