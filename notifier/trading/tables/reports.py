"""Profit and loss, executions, reports."""

from notifier.commands.table import Command

REPORTS: tuple[Command, ...] = (
    Command(
        name="pnl",
        en="profit and loss",
        ru="прибыль и убыток",
        de="Gewinn und Verlust",
        arguments="[today|week|month|7d]",
        who="viewer",
    ),
    Command(
        name="pnl_week",
        en="profit and loss of 7 days",
        ru="прибыль и убыток за 7 дней",
        de="Gewinn und Verlust von 7 Tagen",
        who="viewer",
    ),
    Command(
        name="trades",
        en="the newest executions",
        ru="последние исполнения",
        de="die letzten Ausführungen",
        arguments="[number]",
        arguments_ru="[число]",
        arguments_de="[Anzahl]",
        who="viewer",
    ),
    Command(
        name="report",
        en="a report, also as a file",
        ru="отчёт, можно файлом",
        de="ein Bericht, auch als Datei",
        arguments="day|week|month [csv|pdf]",
        who="viewer",
    ),
)
