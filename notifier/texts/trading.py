"""What the commands of trading answer, in each language; its pages have their words in `trading_pages`.

Texts are HTML for Telegram, but for those that are shown over the chat when a button is pressed (`toast_…`).
"""

import msgspec

from bus.language import Language


class TradingWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence of the commands of trading; a missing translation is a type error."""

    no_user: str
    no_trader: str
    no_admin: str
    only_commands: str
    start: str
    not_now: str
    elsewhere: str
    killed: str
    killed_unconfirmed: str
    not_killed: str
    of_all: str
    of_user: str
    of_portfolio: str
    by_chat: str
    unkill_ask: str
    unkill_button: str
    unkilled: str
    not_halted: str
    still: str
    paused: str
    resume_ask: str
    resume_button: str
    resumed: str
    cancel_what: str
    taken: str
    do_not: str
    nothing_done: str
    over: str
    other_portfolio: str
    too_long: str
    mode_now: str
    mode_set: str
    mode_usage: str
    strategies: str
    strategy_line: str
    no_strategies: str
    strategy_new: str
    strategy_url: str
    strategy_url_none: str
    strategy_secret: str
    strategy_off: str
    strategy_usage: str
    only_in_private: str
    live: str
    question_execute: str
    question_reject: str
    toast_not_yours: str
    toast_taken: str
    toast_no_button: str
    toast_executed: str
    toast_rejected: str


WORDS: dict[Language, TradingWords] = {
    "en": TradingWords(
        no_user="That is for users of trading, and you are none here. An admin lets you in; in groups your own name "
        "counts, so do not write as the group.",
        no_trader="A viewer changes nothing; ask an admin for the role of a trader.",
        no_admin="Only an admin may do that.",
        only_commands="I understand commands only. /status shows how trading is, /help lists all commands.",
        start="It also trades, {mode}: alerts become orders, within your limits. /status shows how it is, "
        "/pause stops buying, /kill everything.",
        not_now="Not done: {reason}.",
        elsewhere="That is for the chats of the balances.",
        killed="🛑 Killed, {of}: nothing more is ordered, and nothing that was sent before can still arrive.\n"
        "Stop losses and take profits stay. /close, /sell_all and /cancel work. /unkill ends it.",
        killed_unconfirmed="🛑 Killed, {of}: no new order is written.\n"
        "⚠ Nobody has confirmed within {seconds} s that nothing sent before can still arrive: look at the venue. "
        "/status says who is connected, /unkill ends it.",
        not_killed="⚠ NOT killed: {reason}. Trading may go on. Type it again, or on the machine: "
        "<code>make kill</code>",
        of_all="for everybody",
        of_user="for all of your portfolios",
        of_portfolio="for the portfolio {name}",
        by_chat="{name}, in the chat",
        unkill_ask="Trade again? Signals become orders again, {of}. It was stopped because: {reason}.",
        unkill_button="Yes, trade again",
        unkilled="Trading goes on, {of}. What was refused meanwhile stays refused.",
        not_halted="Nothing of that kind is in force.",
        still="Still in force, {of}: {reason}.",
        paused="⏸ No openings, {of}, until /resume. Closings and protective orders go on.",
        resume_ask="Buy again? Signals open positions again, {of}.",
        resume_button="Yes, buy again",
        resumed="Buying goes on, {of}.",
        cancel_what="Write what is to be cancelled: /cancel ID. /orders and /queue show the ids.",
        taken="Taken: {what}. The result comes as a message.",
        do_not="No",
        nothing_done="Nothing was done.",
        over="Nothing was done: the button was good for a minute. Type it again: /{command}",
        other_portfolio="Nothing was done: another portfolio is in use now. Type it again: /{command}",
        too_long="{argument} is too long for a button.",
        mode_now="{name}: <b>{mode}</b>",
        mode_set="{name}: <b>{mode}</b> from now on, for signals that wait too.",
        mode_usage="Write /mode, or /mode STRATEGY and one of auto, manual, closing_only, off; /mode all manual is "
        "for all of the portfolio in use.",
        strategies="<b>Strategies</b>",
        strategy_line="{name}: {mode}, version {version}, {address}",
        no_strategies="There is no strategy yet: /strategy new NAME",
        strategy_new="The strategy {name} is made, and off: /mode {name} auto lets it trade.",
        strategy_url="{name} has an address, which is kept as a hash only and cannot be shown again. "
        "For another one: /strategy rotate {name}",
        strategy_url_none="{name} has no address yet: /strategy rotate {name}",
        strategy_secret="Its alerts go to this path behind your webhook's host, shown once:\n"  # noqa: S106 - a sentence
        "<code>/webhook/tradingview/{secret}</code>\nAn address before it is worth nothing now. "
        "Put it into TradingView, then delete this message.",
        strategy_off="The strategy {name} is off, its address worth nothing. Positions stay.",
        strategy_usage="Write /strategy, or /strategy and: new NAME, url NAME, rotate NAME, off NAME. Behind new "
        "NAME may stand market=spot or market=futures: what its symbols mean where the venue has both.",
        only_in_private="Only in your private chat with this bot: the address is a secret.",
        live="live",
        question_execute="✓ Execute – {name}, {at}",
        question_reject="✗ Reject – {name}, {at}",
        toast_not_yours="This is for somebody else to answer.",
        toast_taken="Taken. The result comes as a message.",
        toast_no_button="This button is of an older version.",
        toast_executed="Execute: taken. It is checked anew.",
        toast_rejected="Rejected.",
    ),
    "ru": TradingWords(
        no_user="Это для пользователей торговли, а вас среди них нет. Впускает администратор; в группах считается, "
        "кто пишет, поэтому не пишите от имени группы.",
        no_trader="Наблюдатель ничего не меняет; попросите у администратора роль трейдера.",
        no_admin="Это может только администратор.",
        only_commands="Я понимаю только команды. /status покажет торговлю, /help – все команды.",
        start="Ещё он торгует, {mode}: сигналы становятся заявками в пределах ваших лимитов. /status покажет, "
        "как идёт, /pause остановит покупки, /kill – всё.",
        not_now="Не сделано: {reason}.",
        elsewhere="Это для чатов с балансами.",
        killed="🛑 Остановлено, {of}: заявок больше не будет, и посланное раньше уже не дойдёт.\n"
        "Стоп-лоссы и тейк-профиты остаются. /close, /sell_all и /cancel работают. Закончить: /unkill",
        killed_unconfirmed="🛑 Остановлено, {of}: новых заявок не будет.\n"
        "⚠ За {seconds} с никто не подтвердил, что посланное раньше уже не дойдёт: посмотрите на бирже. "
        "Кто на связи, скажет /status. Закончить: /unkill",
        not_killed="⚠ НЕ остановлено: {reason}. Торговля может идти. Наберите ещё раз или на машине: "
        "<code>make kill</code>",
        of_all="у всех",
        of_user="во всех ваших портфелях",
        of_portfolio="в портфеле {name}",
        by_chat="{name}, из чата",
        unkill_ask="Снова торговать? Сигналы снова станут заявками, {of}. Остановлено, потому что: {reason}.",
        unkill_button="Да, торговать",
        unkilled="Торговля идёт, {of}. Отклонённое за это время остаётся отклонённым.",
        not_halted="Ничего такого не действует.",
        still="Ещё действует, {of}: {reason}.",
        paused="⏸ Без покупок, {of}, до /resume. Закрытия и защитные заявки работают.",
        resume_ask="Снова покупать? Сигналы снова будут открывать позиции, {of}.",
        resume_button="Да, покупать",
        resumed="Покупки идут, {of}.",
        cancel_what="Напишите, что отменить: /cancel ID. Номера показывают /orders и /queue.",
        taken="Принято: {what}. Результат придёт сообщением.",
        do_not="Нет",
        nothing_done="Ничего не сделано.",
        over="Ничего не сделано: кнопка действовала минуту. Наберите ещё раз: /{command}",
        other_portfolio="Ничего не сделано: сейчас выбран другой портфель. Наберите ещё раз: /{command}",
        too_long="{argument}: слишком длинно для кнопки.",
        mode_now="{name}: <b>{mode}</b>",
        mode_set="{name}: теперь <b>{mode}</b>, и для сигналов в очереди.",
        mode_usage="Наберите /mode или /mode СТРАТЕГИЯ и одно из: auto, manual, closing_only, off; /mode all manual "
        "– для всех стратегий выбранного портфеля.",
        strategies="<b>Стратегии</b>",
        strategy_line="{name}: {mode}, версия {version}, {address}",
        no_strategies="Стратегий ещё нет: /strategy new NAME",
        strategy_new="Стратегия {name} создана и выключена: /mode {name} auto разрешит ей торговать.",
        strategy_url="У {name} есть адрес; хранится только его хеш, показать его снова нельзя. "
        "Новый адрес: /strategy rotate {name}",
        strategy_url_none="У {name} ещё нет адреса: /strategy rotate {name}",
        strategy_secret="Её сигналы идут на этот путь вашего вебхука, он показан один раз:\n"  # noqa: S106 - a sentence
        "<code>/webhook/tradingview/{secret}</code>\nПрежний адрес больше не действует. "
        "Впишите его в TradingView и удалите это сообщение.",
        strategy_off="Стратегия {name} выключена, её адрес не действует. Позиции остаются.",
        strategy_usage="Наберите /strategy или /strategy и: new NAME, url NAME, rotate NAME, off NAME. За new NAME "
        "может стоять market=spot или market=futures: что значат её символы, где на площадке есть и то, и другое.",
        only_in_private="Только в личном чате с ботом: адрес – это секрет.",
        live="боевой",
        question_execute="✓ Исполнить – {name}, {at}",
        question_reject="✗ Отклонить – {name}, {at}",
        toast_not_yours="На это отвечает другой.",
        toast_taken="Принято. Результат придёт сообщением.",
        toast_no_button="Эта кнопка от старой версии.",
        toast_executed="Исполнить: принято. Проверяется заново.",
        toast_rejected="Отклонено.",
    ),
    "de": TradingWords(
        no_user="Nur für zugelassene Nutzer des Handels. Zulassen kann ein Admin; in Gruppen zählt, wer schreibt, also "
        "nicht im Namen der Gruppe schreiben.",
        no_trader="Beobachter ändern nichts; die Rolle Trader vergibt ein Admin.",
        no_admin="Das darf nur ein Admin.",
        only_commands="Hier gelten nur Befehle. /status zeigt den Handel, /help alle Befehle.",
        start="Er handelt auch, {mode}: Alerts werden zu Orders, innerhalb der Limits. /status zeigt den Stand, "
        "/pause stoppt Käufe, /kill alles.",
        not_now="Nicht ausgeführt: {reason}.",
        elsewhere="Das gehört in die Chats mit den Kontoständen.",
        killed="🛑 Gestoppt, {of}: Keine Order geht mehr hinaus, und nichts früher Gesendetes kommt noch an.\n"
        "Stop-Loss und Take-Profit bleiben. /close, /sell_all und /cancel gehen weiter. /unkill beendet es.",
        killed_unconfirmed="🛑 Gestoppt, {of}: Keine neue Order wird angelegt.\n"
        "⚠ Niemand hat binnen {seconds} s bestätigt, dass nichts früher Gesendetes mehr ankommt: an der Börse "
        "nachsehen. /status zeigt, wer verbunden ist, /unkill beendet es.",
        not_killed="⚠ NICHT gestoppt: {reason}. Der Handel läuft womöglich weiter. Noch einmal eingeben, oder auf dem "
        "Rechner: <code>make kill</code>",
        of_all="für alle",
        of_user="für alle eigenen Portfolios",
        of_portfolio="für das Portfolio {name}",
        by_chat="{name}, im Chat",
        unkill_ask="Wieder handeln? Signale werden wieder zu Orders, {of}. Grund des Stopps: {reason}.",
        unkill_button="Ja, wieder handeln",
        unkilled="Der Handel geht weiter, {of}. Was inzwischen abgelehnt wurde, bleibt abgelehnt.",
        not_halted="Nichts dergleichen ist in Kraft.",
        still="Noch in Kraft, {of}: {reason}.",
        paused="⏸ Keine Käufe, {of}, bis /resume. Schließungen und Schutzorders laufen weiter.",
        resume_ask="Wieder kaufen? Signale eröffnen wieder Positionen, {of}.",
        resume_button="Ja, wieder kaufen",
        resumed="Käufe gehen weiter, {of}.",
        cancel_what="Angeben, was zu stornieren ist: /cancel ID. /orders und /queue zeigen die IDs.",
        taken="Angenommen: {what}. Das Ergebnis kommt als Nachricht.",
        do_not="Nein",
        nothing_done="Nichts ausgeführt.",
        over="Nichts ausgeführt: Der Knopf galt nur eine Minute. Noch einmal eingeben: /{command}",
        other_portfolio="Nichts ausgeführt: Jetzt ist ein anderes Portfolio gewählt. Noch einmal eingeben: /{command}",
        too_long="{argument} ist zu lang für einen Knopf.",
        mode_now="{name}: <b>{mode}</b>",
        mode_set="{name}: ab jetzt <b>{mode}</b>, auch für wartende Signale.",
        mode_usage="/mode eingeben, oder /mode STRATEGIE und dazu auto, manual, closing_only oder off; /mode all "
        "manual gilt für alle des gewählten Portfolios.",
        strategies="<b>Strategien</b>",
        strategy_line="{name}: {mode}, Version {version}, {address}",
        no_strategies="Noch keine Strategie: /strategy new NAME",
        strategy_new="Die Strategie {name} ist angelegt und aus: /mode {name} auto lässt sie handeln.",
        strategy_url="{name} hat eine Adresse; gespeichert ist nur ihr Hash, noch einmal zeigen geht nicht. "
        "Neue Adresse: /strategy rotate {name}",
        strategy_url_none="{name} hat noch keine Adresse: /strategy rotate {name}",
        strategy_secret="Die Alarme gehen an diesen Pfad hinter dem Host des Webhooks, nur jetzt gezeigt:\n"  # noqa: S106 - a sentence
        "<code>/webhook/tradingview/{secret}</code>\nEine frühere Adresse gilt nicht mehr. "
        "In TradingView eintragen, dann diese Nachricht löschen.",
        strategy_off="Die Strategie {name} ist aus, ihre Adresse gilt nicht mehr. Positionen bleiben.",
        strategy_usage="/strategy eingeben, oder /strategy und dazu: new NAME, url NAME, rotate NAME, off NAME. "
        "Hinter new NAME kann market=spot oder market=futures stehen: was ihre Symbole bedeuten, wo der Handelsplatz "
        "beides hat.",
        only_in_private="Nur im privaten Chat mit diesem Bot: Die Adresse ist geheim.",
        live="live",
        question_execute="✓ Ausführen – {name}, {at}",
        question_reject="✗ Ablehnen – {name}, {at}",
        toast_not_yours="Das entscheidet jemand anders.",
        toast_taken="Angenommen. Das Ergebnis kommt als Nachricht.",
        toast_no_button="Dieser Knopf ist von einer älteren Version.",
        toast_executed="Ausführen: angenommen. Wird neu geprüft.",
        toast_rejected="Abgelehnt.",
    ),
}
