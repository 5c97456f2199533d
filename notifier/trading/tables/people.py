"""Users, accounts, brokers, portfolios: who there is, and what they trade with."""

from notifier.commands.table import Command

PEOPLE: tuple[Command, ...] = (
    Command(
        name="portfolio",
        en="portfolios, and the one in use",
        ru="портфели и выбранный из них",
        de="Portfolios und das gewählte",
        arguments="[list|new NAME [ACCOUNT]|NAME|rename OLD NEW|archive NAME|default NAME]",
        changes=True,
        who="viewer",
    ),
    Command(
        name="accounts",
        en="accounts at brokers",
        ru="счета у брокеров",
        de="Konten bei Brokern",
        arguments="[list|new NAME BROKER CURRENCY|rename OLD NEW|archive NAME]",
        changes=True,
        who="viewer",
    ),
    Command(
        name="brokers", en="venues, and how they are", ru="биржи и как они", de="Handelsplätze, Zustand", who="admin"
    ),
    Command(
        name="users", en="who is in, who waits", ru="кто допущен, кто ждёт", de="Nutzer, auch wartende", who="admin"
    ),
    Command(
        name="approve",
        en="let somebody in",
        ru="дать допуск",
        de="jemanden zulassen",
        arguments="NAME|NUMBER [trader|viewer|admin]",
        changes=True,
        who="admin",
    ),
    Command(
        name="block",
        en="shut somebody out",
        ru="закрыть доступ",
        de="jemanden sperren",
        arguments="NAME|NUMBER",
        changes=True,
        who="admin",
    ),
    Command(
        name="role",
        en="change somebody's role",
        ru="сменить роль",
        de="Rolle ändern",
        arguments="NAME|NUMBER admin|trader|viewer",
        changes=True,
        who="admin",
    ),
)
