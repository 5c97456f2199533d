"""What is said of accounts, portfolios and brokers, in each language; HTML for Telegram, but for what is on buttons."""

import msgspec

from bus.language import Language


class PlaceWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence about accounts, portfolios and brokers; a missing translation is a type error."""

    accounts: str
    no_accounts: str
    portfolios_of: str
    none: str
    live: str
    account_new: str
    account_renamed: str
    account_archived: str
    accounts_usage: str
    account_is_live: str
    on_the_machine: str
    portfolios: str
    in_use: str
    default: str
    choose: str
    portfolio_new: str
    portfolio_chosen: str
    portfolio_renamed: str
    portfolio_archived: str
    portfolio_default: str
    portfolio_usage: str
    which_account: str
    brokers: str
    states: dict[str, str]
    not_running: str
    silent: str
    since: str
    holding_back: str
    counted: str


WORDS: dict[Language, PlaceWords] = {
    "en": PlaceWords(
        accounts="Accounts",
        no_accounts="There is no account yet: /accounts new NAME PAPER USD",
        portfolios_of="portfolios: {names}",
        none="none",
        live="live",
        account_new="The account {name} is made: {broker}, {currency}, paper. It needs a portfolio to trade in: "
        "<code>/portfolio new NAME {name}</code>",
        account_renamed="The account {old} is called {name} now.",
        account_archived="The account {name} is archived, with its portfolios. Nothing is traded there again; "
        "all of it can still be read.",
        accounts_usage="Write /accounts, or /accounts and: new NAME PAPER CURRENCY, rename OLD NEW, archive NAME.",
        account_is_live="Live accounts are made on the machine, beside the keys, never from the chat: "
        "<code>make account NAME=… BROKER=… OWNER=…</code>",
        on_the_machine="Accounts at {broker} need keys, so they are made on the machine: "
        "<code>make account NAME=… BROKER={broker} OWNER=…</code>. From the chat: PAPER.",
        portfolios="Portfolios",
        in_use="in use",
        default="default",
        choose="A button chooses the one that commands act on.",
        portfolio_new="The portfolio {name} is made, in the account {account} ({kind}). It gets the limits of .env "
        "within seconds. To use it: <code>/portfolio {name}</code>",
        portfolio_chosen="In use from now on: <b>{name}</b> ({kind}).",
        portfolio_renamed="The portfolio {old} is called {name} now.",
        portfolio_archived="The portfolio {name} is archived. Nothing is traded there again; all of it can be read.",
        portfolio_default="{name} is the default from now on. In use: {in_use}.",
        portfolio_usage="Write /portfolio, or /portfolio and: NAME to use it, new NAME [ACCOUNT], rename OLD NEW, "
        "archive NAME, default NAME.",
        which_account="There are several accounts; write one behind the name: {names}.",
        brokers="Venues",
        states={
            "connected": "connected",
            "connecting": "connecting",
            "lost": "⚠ connection lost",
            "silent": "⚠ does not answer",
            "refused": "⚠ refuses",
        },
        not_running="no program runs for it",
        silent="⚠ execution does not answer",
        since="since {at}",
        holding_back="⚠ openings held back",
        counted="accounts: {paper} paper, {live} live",
    ),
    "ru": PlaceWords(
        accounts="Счета",
        no_accounts="Счетов ещё нет: /accounts new NAME PAPER USD",
        portfolios_of="портфели: {names}",
        none="нет",
        live="боевой",
        account_new="Счёт {name} создан: {broker}, {currency}, paper. Чтобы торговать, нужен портфель: "
        "<code>/portfolio new NAME {name}</code>",
        account_renamed="Счёт {old} теперь называется {name}.",
        account_archived="Счёт {name} в архиве вместе с портфелями. Торговли там больше не будет, прочитать можно всё.",
        accounts_usage="Наберите /accounts или /accounts и: new NAME PAPER ВАЛЮТА, rename OLD NEW, archive NAME.",
        account_is_live="Боевые счета создаются на машине, рядом с ключами, и никогда из чата: "
        "<code>make account NAME=… BROKER=… OWNER=…</code>",
        on_the_machine="Счетам у {broker} нужны ключи, поэтому они создаются на машине: "
        "<code>make account NAME=… BROKER={broker} OWNER=…</code>. Из чата: PAPER.",
        portfolios="Портфели",
        in_use="выбран",
        default="основной",
        choose="Кнопка выбирает, на какой действуют команды.",
        portfolio_new="Портфель {name} создан, счёт {account} ({kind}). Лимиты из .env он получит через секунды. "
        "Выбрать: <code>/portfolio {name}</code>",
        portfolio_chosen="Выбран портфель <b>{name}</b> ({kind}).",
        portfolio_renamed="Портфель {old} теперь называется {name}.",
        portfolio_archived="Портфель {name} в архиве. Торговли там больше не будет, прочитать можно всё.",
        portfolio_default="{name} теперь основной. Выбран: {in_use}.",
        portfolio_usage="Наберите /portfolio или /portfolio и: NAME, чтобы выбрать, new NAME [ACCOUNT], "
        "rename OLD NEW, archive NAME, default NAME.",
        which_account="Счетов несколько; допишите нужный после имени: {names}.",
        brokers="Биржи",
        states={
            "connected": "на связи",
            "connecting": "соединяется",
            "lost": "⚠ связь потеряна",
            "silent": "⚠ не отвечает",
            "refused": "⚠ отказывает",
        },
        not_running="программа для неё не работает",
        silent="⚠ execution не отвечает",
        since="с {at}",
        holding_back="⚠ покупки придержаны",
        counted="счета: {paper} paper, {live} боевых",
    ),
    "de": PlaceWords(
        accounts="Konten",
        no_accounts="Noch kein Konto: /accounts new NAME PAPER USD",
        portfolios_of="Portfolios: {names}",
        none="keine",
        live="echt",
        account_new="Konto {name} angelegt: {broker}, {currency}, paper. Zum Handeln fehlt ein Portfolio: "
        "<code>/portfolio new NAME {name}</code>",
        account_renamed="Das Konto {old} heißt jetzt {name}.",
        account_archived="Das Konto {name} ist archiviert, samt Portfolios. Dort wird nichts mehr gehandelt; "
        "lesen lässt sich alles.",
        accounts_usage="/accounts senden, oder /accounts und: new NAME PAPER WÄHRUNG, rename OLD NEW, archive NAME.",
        account_is_live="Echte Konten entstehen auf der Maschine, neben den Schlüsseln, nie aus dem Chat: "
        "<code>make account NAME=… BROKER=… OWNER=…</code>",
        on_the_machine="Konten bei {broker} brauchen Schlüssel und entstehen daher auf der Maschine: "
        "<code>make account NAME=… BROKER={broker} OWNER=…</code>. Aus dem Chat: PAPER.",
        portfolios="Portfolios",
        in_use="gewählt",
        default="Standard",
        choose="Ein Knopf wählt, worauf Befehle wirken.",
        portfolio_new="Portfolio {name} angelegt, im Konto {account} ({kind}). Die Limits aus .env gelten in wenigen "
        "Sekunden. Wählen: <code>/portfolio {name}</code>",
        portfolio_chosen="Ab jetzt gewählt: <b>{name}</b> ({kind}).",
        portfolio_renamed="Das Portfolio {old} heißt jetzt {name}.",
        portfolio_archived="Das Portfolio {name} ist archiviert. Dort wird nichts mehr gehandelt; lesen lässt sich "
        "alles.",
        portfolio_default="{name} ist jetzt der Standard. Gewählt: {in_use}.",
        portfolio_usage="/portfolio senden, oder /portfolio und: NAME zum Wählen, new NAME [ACCOUNT], rename OLD NEW, "
        "archive NAME, default NAME.",
        which_account="Es gibt mehrere Konten; eines hinter den Namen schreiben: {names}.",
        brokers="Handelsplätze",
        states={
            "connected": "verbunden",
            "connecting": "verbindet sich",
            "lost": "⚠ Verbindung verloren",
            "silent": "⚠ antwortet nicht",
            "refused": "⚠ lehnt ab",
        },
        not_running="dafür läuft kein Programm",
        silent="⚠ execution antwortet nicht",
        since="seit {at}",
        holding_back="⚠ Eröffnungen zurückgehalten",
        counted="Konten: {paper} paper, {live} echt",
    ),
}
