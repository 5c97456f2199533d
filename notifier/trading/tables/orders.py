"""Orders by hand, and what an alert would do."""

from notifier.commands.table import Command

ORDERS: tuple[Command, ...] = (
    Command(
        name="buy",
        en="buy by hand",
        ru="купить вручную",
        de="von Hand kaufen",
        arguments="SYMBOL [amount]",
        arguments_ru="СИМВОЛ [сумма]",
        arguments_de="SYMBOL [Betrag]",
        changes=True,
        who="trader",
    ),
    Command(
        name="sell",
        en="sell what was bought by hand",
        ru="продать купленное вручную",
        de="von Hand Gekauftes verkaufen",
        arguments="SYMBOL quantity|all",
        arguments_ru="СИМВОЛ количество|all",
        arguments_de="SYMBOL Menge|all",
        changes=True,
        who="trader",
    ),
    Command(
        name="adopt",
        en="book a difference with the venue",
        ru="учесть разницу с площадкой",
        de="Abweichung vom Handelsplatz buchen",
        arguments="SYMBOL",
        arguments_ru="СИМВОЛ",
        arguments_de="SYMBOL",
        changes=True,
        who="trader",
    ),
    Command(
        name="simulate",
        en="what an alert would do",
        ru="что сделал бы алерт",
        de="was ein Alert täte",
        arguments="[STRATEGY] {alert}",
        arguments_ru="[СТРАТЕГИЯ] {алерт}",
        arguments_de="[STRATEGIE] {Alert}",
        changes=True,
        who="admin",
    ),
)
