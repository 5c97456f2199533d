"""What `/margin` says, in each language.

Texts are HTML for Telegram, but for the notes (`toast_…`) and what stands on buttons (`button_…`).
"""

from collections.abc import Mapping

import msgspec

from bus.language import Language
from ledger.trading.enumerations import MarginMode


class MarginWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence about margin and leverage; a missing translation is a type error.

    Attributes:
        modes: How an instrument is margined, as it stands in a sentence.
        line: Of something: how it is margined.
        at_first: Stands beside what nobody has chosen.
        confirmed: Stands below what the venue was seen to have.
        unknown: Stands below what nobody knows whether the venue has it.
        most: The most leverage, and whose word that is.
    """

    title: str
    modes: Mapping[MarginMode, str]
    all_symbols: str
    line: str
    at_first: str
    confirmed: str
    unknown: str
    more: str
    most: str
    most_of_settings: str
    most_of_limit: str
    silent: str
    change: str
    usage: str
    button_all: str
    button_other: str
    ask_symbol: str
    bad_symbol: str
    ask_wallet: str
    button_spot: str
    button_futures: str
    bad_wallet: str
    spot: str
    ask_mode: str
    button_isolated: str
    button_cross: str
    bad_mode: str
    ask_leverage: str
    bad_leverage: str
    above: str
    chosen: str
    ask: str
    then_symbol: str
    then_all: str
    button_yes: str
    no_margin: str
    not_heard: str


WORDS: dict[Language, MarginWords] = {
    "en": MarginWords(
        title="Margin and leverage",
        modes={"ISOLATED": "isolated", "CROSS": "cross"},
        all_symbols="all symbols",
        line="{symbol}: {mode} {leverage}×",
        at_first="  from the settings",
        confirmed="  confirmed {at}",
        unknown="  ⚠ not known: nothing opens there",
        more="… and {count} more",
        most="At most: {leverage}×",
        most_of_settings="  MAX_LEVERAGE",
        most_of_limit="  /set_leverage_cap",
        silent="⚠ execution does not answer",
        change="Press a symbol to change it.",
        usage="Write <code>/margin BTCUSDT.P isolated 5</code> or <code>/margin all cross 3</code>; alone, "
        "<code>/margin</code> shows what is set.",
        button_all="All symbols",
        button_other="Type another",
        ask_symbol="Margin and leverage of <b>which symbol</b>? Write it, such as <code>BTCUSDT.P</code>, or "
        "<code>all</code>.",
        bad_symbol="<code>{text}</code> is no symbol. Write one such as <code>BTCUSDT.P</code>, or <code>all</code>.",
        ask_wallet="<b>{symbol}</b>: which account, spot or futures?",
        button_spot="Spot",
        button_futures="Futures",
        bad_wallet="<code>{text}</code> is no account. Press a button, or write <code>futures</code> or "
        "<code>spot</code>.",
        spot="Spot has neither margin nor leverage: what is bought there is paid in full. Nothing was changed.",
        ask_mode="<b>{symbol}</b>: isolated or cross?\nIsolated: a position can lose its own margin. Cross: it can "
        "lose all of the futures money.",
        button_isolated="Isolated",
        button_cross="Cross",
        bad_mode="<code>{text}</code> is no margin mode. Press a button, or write <code>isolated</code> or "
        "<code>cross</code>.",
        ask_leverage="<b>{symbol}</b>, {mode}: how much leverage? Press it, or write a whole number from 1 to {most}.",
        bad_leverage="<code>{text}</code> is no leverage. Write a whole number from 1 to {most}, such as "
        "<code>3</code>.",
        above="{leverage}× is more than the {most}× that may be set. Write a whole number from 1 to {most}.",
        chosen="{symbol}: {mode} {leverage}×",
        ask="Set <b>{symbol}</b> to <b>{mode} {leverage}×</b> for the account {account}, in {portfolio}?",
        then_symbol="It is set at the venue now and read back; all portfolios of the account have it then.",
        then_all="It holds for each symbol without a setting of its own, in all portfolios of the account; it is set "
        "at the venue before the next opening.",
        button_yes="Set {symbol}: {mode} {leverage}×",
        no_margin="The venue of this portfolio has no margin and no leverage to set.",
        not_heard="Execution was not heard yet, so nobody knows whether this venue has margin and leverage. Is it "
        "running? Try again in a few seconds.",
    ),
    "ru": MarginWords(
        title="Маржа и плечо",
        modes={"ISOLATED": "изолированная", "CROSS": "кросс"},
        all_symbols="все символы",
        line="{symbol}: {mode} {leverage}×",
        at_first="  из настроек",
        confirmed="  подтверждено {at}",
        unknown="  ⚠ неизвестно: открытий не будет",
        more="… и ещё {count}",
        most="Не больше {leverage}×",
        most_of_settings="  MAX_LEVERAGE",
        most_of_limit="  /set_leverage_cap",
        silent="⚠ execution не отвечает",
        change="Нажмите символ, чтобы изменить.",
        usage="Напишите <code>/margin BTCUSDT.P isolated 5</code> или <code>/margin all cross 3</code>; "
        "<code>/margin</code> без слов покажет, что задано.",
        button_all="Все символы",
        button_other="Написать другой",
        ask_symbol="Маржа и плечо: <b>какой символ</b>? Напишите его, например <code>BTCUSDT.P</code>, или "
        "<code>all</code>.",
        bad_symbol="<code>{text}</code> – не символ. Напишите, например, <code>BTCUSDT.P</code>, или <code>all</code>.",
        ask_wallet="<b>{symbol}</b>: какой счёт, спот или фьючерсы?",
        button_spot="Спот",
        button_futures="Фьючерсы",
        bad_wallet="<code>{text}</code> – не счёт. Нажмите кнопку или напишите <code>futures</code> или "
        "<code>spot</code>.",
        spot="На споте нет ни маржи, ни плеча: купленное там оплачено целиком. Ничего не изменено.",
        ask_mode="<b>{symbol}</b>: изолированная или кросс?\nИзолированная: позиция может потерять свою маржу. Кросс: "
        "все деньги фьючерсного счёта.",
        button_isolated="Изолированная",
        button_cross="Кросс",
        bad_mode="<code>{text}</code> – не режим маржи. Нажмите кнопку или напишите <code>isolated</code> или "
        "<code>cross</code>.",
        ask_leverage="<b>{symbol}</b>, {mode}: какое плечо? Нажмите или напишите целое число от 1 до {most}.",
        bad_leverage="<code>{text}</code> – не плечо. Напишите целое число от 1 до {most}, например <code>3</code>.",
        above="{leverage}× больше, чем можно: {most}×. Напишите целое число от 1 до {most}.",
        chosen="{symbol}: {mode} {leverage}×",
        ask="Задать для <b>{symbol}</b>: <b>{mode} {leverage}×</b>, счёт {account}, портфель {portfolio}?",
        then_symbol="Это сразу будет задано на площадке и прочитано обратно; действует во всех портфелях счёта.",
        then_all="Действует для каждого символа без своей настройки, во всех портфелях счёта; на площадке будет задано "
        "перед следующим открытием.",
        button_yes="Задать {symbol}: {mode} {leverage}×",
        no_margin="У площадки этого портфеля нет ни маржи, ни плеча.",
        not_heard="execution ещё не отвечал, и неизвестно, есть ли на этой площадке маржа и плечо. Он запущен? "
        "Попробуйте через несколько секунд.",
    ),
    "de": MarginWords(
        title="Margin und Hebel",
        modes={"ISOLATED": "isoliert", "CROSS": "cross"},
        all_symbols="alle Symbole",
        line="{symbol}: {mode} {leverage}×",
        at_first="  aus den Einstellungen",
        confirmed="  bestätigt {at}",
        unknown="  ⚠ nicht bekannt: eröffnet nichts",
        more="… und {count} weitere",
        most="Höchstens {leverage}×",
        most_of_settings="  MAX_LEVERAGE",
        most_of_limit="  /set_leverage_cap",
        silent="⚠ execution antwortet nicht",
        change="Zum Ändern ein Symbol wählen.",
        usage="Bitte <code>/margin BTCUSDT.P isolated 5</code> oder <code>/margin all cross 3</code> schreiben; "
        "<code>/margin</code> allein zeigt, was gilt.",
        button_all="Alle Symbole",
        button_other="Anderes schreiben",
        ask_symbol="Margin und Hebel für <b>welches Symbol</b>? Bitte schreiben, etwa <code>BTCUSDT.P</code>, oder "
        "<code>all</code>.",
        bad_symbol="<code>{text}</code> ist kein Symbol. Bitte eines wie <code>BTCUSDT.P</code> oder <code>all</code> "
        "schreiben.",
        ask_wallet="<b>{symbol}</b>: welches Konto, Spot oder Futures?",
        button_spot="Spot",
        button_futures="Futures",
        bad_wallet="<code>{text}</code> ist kein Konto. Bitte einen Knopf drücken oder <code>futures</code> oder "
        "<code>spot</code> schreiben.",
        spot="Spot hat weder Margin noch Hebel: was dort gekauft wird, ist voll bezahlt. Nichts wurde geändert.",
        ask_mode="<b>{symbol}</b>: isoliert oder cross?\nIsoliert: eine Position kann ihre eigene Margin verlieren. "
        "Cross: das ganze Geld des Futures-Kontos.",
        button_isolated="Isoliert",
        button_cross="Cross",
        bad_mode="<code>{text}</code> ist kein Margin-Modus. Bitte einen Knopf drücken oder <code>isolated</code> oder "
        "<code>cross</code> schreiben.",
        ask_leverage="<b>{symbol}</b>, {mode}: welcher Hebel? Bitte drücken, oder eine ganze Zahl von 1 bis {most} "
        "schreiben.",
        bad_leverage="<code>{text}</code> ist kein Hebel. Bitte eine ganze Zahl von 1 bis {most} schreiben, etwa "
        "<code>3</code>.",
        above="{leverage}× ist mehr als die erlaubten {most}×. Bitte eine ganze Zahl von 1 bis {most} schreiben.",
        chosen="{symbol}: {mode} {leverage}×",
        ask="<b>{symbol}</b> auf <b>{mode} {leverage}×</b> setzen, für das Konto {account}, in {portfolio}?",
        then_symbol="Es wird jetzt am Handelsplatz gesetzt und zurückgelesen; es gilt für alle Portfolios des Kontos.",
        then_all="Es gilt für jedes Symbol ohne eigene Einstellung, in allen Portfolios des Kontos; am Handelsplatz "
        "wird es vor der nächsten Eröffnung gesetzt.",
        button_yes="{symbol} setzen: {mode} {leverage}×",
        no_margin="Der Handelsplatz dieses Portfolios hat weder Margin noch Hebel.",
        not_heard="Von execution war noch nichts zu hören; ob dieser Handelsplatz Margin und Hebel hat, weiß niemand. "
        "Läuft es? Bitte in ein paar Sekunden noch einmal.",
    ),
}
