"""The words of alerts, schedules and screeners in the chat, in each language; HTML for Telegram."""

import msgspec

from bus.language import Language


class WatchWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence of the three commands; a missing translation is a type error."""

    alerts: str
    schedules: str
    screeners: str
    no_alerts: str
    no_schedules: str
    no_screeners: str
    alert_usage: str
    schedule_usage: str
    screen_usage: str
    off: str
    within: str
    beyond: str
    not_looked: str
    unknown: str
    fired: str
    next: str
    more: str
    new: str
    alert_made: str
    alert_made_due: str
    limit_not_set: str
    limit_unknown: str
    taken: str
    schedule_made: str
    screener_made: str
    switched_on: str
    switched_off: str
    deleted: str
    not_there: str
    several: str
    symbol_unknown: str
    symbol_several: str
    bad_cron: str
    bad_json: str
    not_quoted: str
    running: str
    ask_kind: str
    ask_symbol: str
    ask_price: str
    ask_loss: str
    ask_risk: str
    ask_when: str
    ask_text: str
    kinds: dict[str, str]
    bad_value: str


WORDS: dict[Language, WatchWords] = {
    "en": WatchWords(
        alerts="<b>Alerts</b>",
        schedules="<b>Schedules</b>, by cron in UTC",
        screeners="<b>Screeners</b>",
        no_alerts="There is no alert yet.",
        no_schedules="There is no schedule yet.",
        no_screeners="There is no screener yet.",
        alert_usage="Write /alert, or /alert and one of:\n"
        "<code>new price AAPL &gt; 200</code>\n"
        "<code>new position BTCUSDT loss 5</code>\n"
        "<code>new risk max_daily_loss 80</code>\n"
        '<code>new schedule "0 9 * * mon-fri" Look!</code>\n'
        "<code>new indicator RSI over 70</code>\n"
        "<code>off NAME</code>, <code>on NAME</code>, <code>delete NAME</code>\n"
        "Times are minute, hour, day, month, weekday, in UTC. An indicator is told when an alert of TradingView has "
        "it as its field <code>indicator</code>.",
        schedule_usage="Write /schedule, or /schedule and one of:\n"
        '<code>new "0 21 * * fri" report week pdf</code>\n'
        '<code>new "0 20 * * mon-fri" pause</code>\n'
        '<code>new "30 14 * * mon-fri" resume all</code>\n'
        '<code>new "0 9 * * *" screen NAME</code>\n'
        '<code>new "0 9 * * *" text Look!</code>\n'
        "<code>off NAME</code>, <code>on NAME</code>, <code>delete NAME</code>\n"
        "Times are minute, hour, day, month, weekday, in UTC.",
        screen_usage="Write /screen, or /screen and one of:\n"
        "<code>new cheap price &lt; 50 spread_percent &lt; 0.5</code>\n"
        '<code>new losers {{"conditions": [{{"figure": "unrealized_percent", "compare": "below", "value": "-5"}}]}}'
        "</code>\n"
        "<code>run NAME</code>, <code>off NAME</code>, <code>on NAME</code>, <code>delete NAME</code>\n"
        "Figures: {figures}.",
        off="off",
        within="waits",
        beyond="beyond its bound; waits until it is back",
        not_looked="not looked at yet",
        unknown="⚠ not known since {at}: no fresh quote, or no such limit is set",
        fired="told {at}",
        next="next {at}",
        more="… and {count} more",
        new="+ New",
        alert_made="🔔 {name} is watched in {portfolio}. It is told each time that it gets there.",
        limit_unknown="<code>{limit}</code> is no limit that is used up. There is: {limits}.",
        taken="There is one of the same name already: {name}. Delete it first, or write it otherwise.",
        limit_not_set="⚠ {limit} is not set here: nothing can be told until it is. /risk",
        alert_made_due="🔔 {name} is told {next}, and then by cron in UTC: <code>{cron}</code>",
        schedule_made="⏰ {name}: first {next}, then by cron in UTC: <code>{cron}</code>",
        screener_made="🔎 {name} is kept. /screen run {name}",
        switched_on="{name} is on.",
        switched_off="{name} is off.",
        deleted="{name} is deleted.",
        not_there="There is no {name}. There is: {names}.",
        several="Several begin with {name}: {names}. Write more of it.",
        symbol_unknown="<code>{symbol}</code> is not known in {portfolio}. Known: {symbols}. A symbol becomes known "
        "with its first signal or order.",
        symbol_several="<code>{symbol}</code> is several things: {symbols}. Write one of these.",
        bad_cron="<code>{cron}</code> is no time. Write minute, hour, day, month and weekday, in UTC, such as "
        '<code>"30 14 * * mon-fri"</code>.',
        bad_json="That is no JSON: {reason}. An example is in /screen help",
        not_quoted="No venue here says {figures}. Figures: {known}.",
        running="{name} is run; the result comes as a message.",
        ask_kind="What is to be watched?",
        ask_symbol="Of which symbol? Known: {symbols}.",
        ask_price="At which price? Write <code>&gt; 200</code> or <code>&lt; 180</code>.",
        ask_loss="At which gain or loss, in percent? Write <code>loss 5</code> or <code>gain 10</code>.",
        ask_risk="How much of which limit, in percent? Write <code>max_daily_loss 80</code>. There is: {limits}.",
        ask_when="When? Write minute, hour, day, month, weekday, in UTC: <code>0 9 * * mon-fri</code>",
        ask_text="Which text?",
        kinds={"price": "A price", "position": "A position", "risk": "A limit", "schedule": "A time"},
        bad_value="that is not understood; write it like the example",
    ),
    "ru": WatchWords(
        alerts="<b>Оповещения</b>",
        schedules="<b>Расписание</b>, cron по UTC",
        screeners="<b>Скринеры</b>",
        no_alerts="Оповещений ещё нет.",
        no_schedules="Расписания ещё нет.",
        no_screeners="Скринеров ещё нет.",
        alert_usage="Наберите /alert или /alert и одно из:\n"
        "<code>new price AAPL &gt; 200</code>\n"
        "<code>new position BTCUSDT loss 5</code>\n"
        "<code>new risk max_daily_loss 80</code>\n"
        '<code>new schedule "0 9 * * mon-fri" Пора!</code>\n'
        "<code>new indicator RSI over 70</code>\n"
        "<code>off ИМЯ</code>, <code>on ИМЯ</code>, <code>delete ИМЯ</code>\n"
        "Время – это минута, час, день, месяц, день недели по UTC. Индикатор придёт, когда он стоит в поле "
        "<code>indicator</code> сигнала TradingView.",
        schedule_usage="Наберите /schedule или /schedule и одно из:\n"
        '<code>new "0 21 * * fri" report week pdf</code>\n'
        '<code>new "0 20 * * mon-fri" pause</code>\n'
        '<code>new "30 14 * * mon-fri" resume all</code>\n'
        '<code>new "0 9 * * *" screen ИМЯ</code>\n'
        '<code>new "0 9 * * *" text Пора!</code>\n'
        "<code>off ИМЯ</code>, <code>on ИМЯ</code>, <code>delete ИМЯ</code>\n"
        "Время – это минута, час, день, месяц, день недели по UTC.",
        screen_usage="Наберите /screen или /screen и одно из:\n"
        "<code>new cheap price &lt; 50 spread_percent &lt; 0.5</code>\n"
        '<code>new losers {{"conditions": [{{"figure": "unrealized_percent", "compare": "below", "value": "-5"}}]}}'
        "</code>\n"
        "<code>run ИМЯ</code>, <code>off ИМЯ</code>, <code>on ИМЯ</code>, <code>delete ИМЯ</code>\n"
        "Величины: {figures}.",
        off="выключено",
        within="ждёт",
        beyond="за границей; ждёт возвращения",
        not_looked="ещё не смотрели",
        unknown="⚠ неизвестно с {at}: нет свежей цены или такой лимит не задан",
        fired="сообщалось {at}",
        next="следующее {at}",
        more="… и ещё {count}",
        new="+ Новое",
        alert_made="🔔 {name}: под наблюдением в {portfolio}. Сообщение придёт при каждом достижении.",
        limit_unknown="<code>{limit}</code> – не лимит, который расходуется. Есть: {limits}.",
        taken="С таким именем уже есть: {name}. Сначала удалите его или напишите иначе.",
        limit_not_set="⚠ {limit} здесь не задан: до этого сообщать не о чем. /risk",
        alert_made_due="🔔 {name}: придёт {next}, потом по cron в UTC: <code>{cron}</code>",
        schedule_made="⏰ {name}: первый раз {next}, потом по cron в UTC: <code>{cron}</code>",
        screener_made="🔎 {name} сохранён. /screen run {name}",
        switched_on="{name}: включено.",
        switched_off="{name}: выключено.",
        deleted="{name}: удалено.",
        not_there="Нет {name}. Есть: {names}.",
        several="На {name} начинаются несколько: {names}. Напишите подробнее.",
        symbol_unknown="<code>{symbol}</code> в {portfolio} неизвестен. Известны: {symbols}. Символ становится "
        "известен с первым сигналом или заявкой.",
        symbol_several="<code>{symbol}</code> – это разное: {symbols}. Напишите одно из этого.",
        bad_cron="<code>{cron}</code> – не время. Напишите минуту, час, день, месяц и день недели по UTC, например "
        '<code>"30 14 * * mon-fri"</code>.',
        bad_json="Это не JSON: {reason}. Пример есть в /screen help",
        not_quoted="Этого здесь не говорит ни одна площадка: {figures}. Величины: {known}.",
        running="{name} запущен; результат придёт сообщением.",
        ask_kind="За чем следить?",
        ask_symbol="Какой символ? Известны: {symbols}.",
        ask_price="При какой цене? Напишите <code>&gt; 200</code> или <code>&lt; 180</code>.",
        ask_loss="При каком росте или убытке, в процентах? Напишите <code>loss 5</code> или <code>gain 10</code>.",
        ask_risk="Сколько процентов какого лимита? Напишите <code>max_daily_loss 80</code>. Есть: {limits}.",
        ask_when="Когда? Напишите минуту, час, день, месяц, день недели по UTC: <code>0 9 * * mon-fri</code>",
        ask_text="Какой текст?",
        kinds={"price": "За ценой", "position": "За позицией", "risk": "За лимитом", "schedule": "По времени"},
        bad_value="непонятно; напишите как в примере",
    ),
    "de": WatchWords(
        alerts="<b>Meldungen</b>",
        schedules="<b>Zeitplan</b>, nach cron in UTC",
        screeners="<b>Screener</b>",
        no_alerts="Noch keine Meldung.",
        no_schedules="Noch kein Zeitplan.",
        no_screeners="Noch kein Screener.",
        alert_usage="/alert eingeben, oder /alert und eines davon:\n"
        "<code>new price AAPL &gt; 200</code>\n"
        "<code>new position BTCUSDT loss 5</code>\n"
        "<code>new risk max_daily_loss 80</code>\n"
        '<code>new schedule "0 9 * * mon-fri" Los!</code>\n'
        "<code>new indicator RSI over 70</code>\n"
        "<code>off NAME</code>, <code>on NAME</code>, <code>delete NAME</code>\n"
        "Zeiten sind Minute, Stunde, Tag, Monat, Wochentag, in UTC. Ein Indikator kommt, wenn ein Alarm von "
        "TradingView ihn im Feld <code>indicator</code> nennt.",
        schedule_usage="/schedule eingeben, oder /schedule und eines davon:\n"
        '<code>new "0 21 * * fri" report week pdf</code>\n'
        '<code>new "0 20 * * mon-fri" pause</code>\n'
        '<code>new "30 14 * * mon-fri" resume all</code>\n'
        '<code>new "0 9 * * *" screen NAME</code>\n'
        '<code>new "0 9 * * *" text Los!</code>\n'
        "<code>off NAME</code>, <code>on NAME</code>, <code>delete NAME</code>\n"
        "Zeiten sind Minute, Stunde, Tag, Monat, Wochentag, in UTC.",
        screen_usage="/screen eingeben, oder /screen und eines davon:\n"
        "<code>new cheap price &lt; 50 spread_percent &lt; 0.5</code>\n"
        '<code>new losers {{"conditions": [{{"figure": "unrealized_percent", "compare": "below", "value": "-5"}}]}}'
        "</code>\n"
        "<code>run NAME</code>, <code>off NAME</code>, <code>on NAME</code>, <code>delete NAME</code>\n"
        "Größen: {figures}.",
        off="aus",
        within="wartet",
        beyond="jenseits der Grenze; wartet auf die Rückkehr",
        not_looked="noch nicht angesehen",
        unknown="⚠ unbekannt seit {at}: kein frischer Kurs, oder die Grenze ist nicht gesetzt",
        fired="gemeldet {at}",
        next="nächstes Mal {at}",
        more="… und {count} weitere",
        new="+ Neu",
        alert_made="🔔 {name} wird in {portfolio} beobachtet. Jedes Erreichen wird gemeldet.",
        limit_unknown="<code>{limit}</code> ist keine Grenze, die sich ausschöpft. Es gibt: {limits}.",
        taken="Unter demselben Namen gibt es schon etwas: {name}. Erst löschen, oder anders schreiben.",
        limit_not_set="⚠ {limit} ist hier nicht gesetzt: bis dahin gibt es nichts zu melden. /risk",
        alert_made_due="🔔 {name} kommt {next}, danach nach cron in UTC: <code>{cron}</code>",
        schedule_made="⏰ {name}: zuerst {next}, danach nach cron in UTC: <code>{cron}</code>",
        screener_made="🔎 {name} ist gespeichert. /screen run {name}",
        switched_on="{name} ist an.",
        switched_off="{name} ist aus.",
        deleted="{name} ist gelöscht.",
        not_there="{name} gibt es nicht. Es gibt: {names}.",
        several="Mit {name} beginnen mehrere: {names}. Mehr davon schreiben.",
        symbol_unknown="<code>{symbol}</code> ist in {portfolio} unbekannt. Bekannt: {symbols}. Ein Symbol wird mit "
        "dem ersten Signal oder Auftrag bekannt.",
        symbol_several="<code>{symbol}</code> ist mehreres: {symbols}. Eines davon schreiben.",
        bad_cron="<code>{cron}</code> ist keine Zeit. Minute, Stunde, Tag, Monat und Wochentag in UTC schreiben, etwa "
        '<code>"30 14 * * mon-fri"</code>.',
        bad_json="Das ist kein JSON: {reason}. Ein Beispiel steht in /screen help",
        not_quoted="Das sagt hier kein Handelsplatz: {figures}. Größen: {known}.",
        running="{name} läuft; das Ergebnis kommt als Nachricht.",
        ask_kind="Was soll beobachtet werden?",
        ask_symbol="Welches Symbol? Bekannt: {symbols}.",
        ask_price="Bei welchem Kurs? <code>&gt; 200</code> oder <code>&lt; 180</code> schreiben.",
        ask_loss="Bei welchem Gewinn oder Verlust in Prozent? <code>loss 5</code> oder <code>gain 10</code> schreiben.",
        ask_risk="Wie viel Prozent welcher Grenze? <code>max_daily_loss 80</code> schreiben. Es gibt: {limits}.",
        ask_when="Wann? Minute, Stunde, Tag, Monat, Wochentag in UTC schreiben: <code>0 9 * * mon-fri</code>",
        ask_text="Welcher Text?",
        kinds={"price": "Ein Kurs", "position": "Eine Position", "risk": "Eine Grenze", "schedule": "Eine Zeit"},
        bad_value="das ist nicht verständlich; wie im Beispiel schreiben",
    ),
}
