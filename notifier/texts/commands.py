"""What the commands answer, in each language; a page of its own has its words in its own file.

Texts are HTML for Telegram; what is filled in is escaped by whoever fills it in.
"""

import msgspec

from bus.language import Language


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence of the commands; a missing translation is a type error."""

    start: str
    unknown: str
    only_commands: str
    usage: str
    instead: dict[str, str]
    working: str
    answered: str
    rate: str
    refresh: str
    why: str
    chart: str
    history: str
    refreshing: str
    refreshed: str
    paused_footer: str
    too_old: str
    private: str
    no_such_button: str
    not_done: str
    frequency_now: str
    frequency_cron: str
    frequency_from_env: str
    frequency_choose: str
    frequency_set: str
    frequency_default: str
    frequency_bad: str
    frequency_short: str
    default: str
    next_slot: str
    pause: str
    resume: str
    paused_already: str
    not_paused: str
    restart_choose: str
    restart_unknown: str
    restart_sure: str
    restart_yes: str
    cancel: str
    cancelled: str
    restarting: str
    restarted: str
    restart_failed: str
    no_answer: str
    restart_problems: dict[str, str]
    version: str
    no_history: str
    ledger_unavailable: str

    def usage_of(self, command: str) -> str:
        """Say of a command that it takes no words behind it, and where there is one, what does what was meant.

        Args:
            command: The command's name, without the slash.

        Returns:
            One or two sentences.
        """
        told = self.usage.format(command=f"/{command}")
        return f"{told} {self.instead[command]}" if command in self.instead else told


def words_of(language: Language, *, trading: bool = False) -> Words:
    """Return the words of a language.

    Args:
        language: The language.
        trading: Whether there is trading: then `/pause` and `/resume` are its own, and the messages have other ones.
    """
    words = WORDS[language]
    if not trading:
        return words
    others = {
        field: text.replace("/pause", "/mute").replace("/resume", "/unmute")
        for field in ("paused_footer", "pause", "resume", "paused_already", "not_paused")
        if isinstance(text := getattr(words, field), str)
    }
    instead = {**words.instead, "mute": words.instead["pause"].replace("/resume", "/unmute")}
    del instead["pause"]
    return msgspec.structs.replace(words, **others, instead=instead)


WORDS: dict[Language, Words] = {
    "en": Words(
        start="This bot sends the portfolio on schedule, and whenever you ask for it.",
        unknown="Unknown command. /now shows the portfolio, /help lists all commands.",
        only_commands="I understand commands only. /now shows the portfolio, /help lists all commands.",
        usage="Nothing was done: {command} takes no words behind it. Type {command} alone.",
        instead={
            "pause": "It lasts until /resume.",
            "history": "For another span: /chart 90d",
            "change": "For one platform: /why and a name",
        },
        working="Working…",
        answered="{count} of {all} answered",
        rate="rate",
        refresh="↻ Refresh",
        why="Why?",
        chart="Chart",
        history="History",
        refreshing="Asking everybody again…",
        refreshed="Refreshed: {at}",
        paused_footer="Scheduled messages are paused: /resume",
        too_old="{command} came late and was not done: too old, please repeat.",
        private="This bot is private.",
        no_such_button="This button is of an older version. Type the command instead: /help",
        not_done="Nothing was changed: {reason}.",
        frequency_now="A message comes every {minutes} minutes (set here).",
        frequency_cron="A message comes by the cron expression of .env: SCHEDULE_CRON.",
        frequency_from_env="A message comes every {minutes} minutes (as .env says).",
        frequency_choose="Choose, or type a number of minutes:",
        frequency_set="From the next slot on: every {minutes} minutes, until /frequency default.",
        frequency_default="From the next slot on: as .env says.",
        frequency_bad="Write minutes from {least} to 720: /frequency 60, or /frequency default.",
        frequency_short="No: a round may take {deadline} s. The shortest is {least} minutes.",
        default="as in .env",
        next_slot="Next: {at}",
        pause="Paused. No scheduled message until /resume; /now works all the same.",
        resume="Scheduled messages come again.",
        paused_already="Paused already. /resume ends it.",
        not_paused="Nothing was paused.",
        restart_choose="Which one?",
        restart_unknown="There is no collector <code>{name}</code>. There are: {names}.",
        restart_sure="Restart <b>{name}</b>?",
        restart_yes="Restart {name}",
        cancel="Cancel",
        cancelled="Not restarted.",
        restarting="Restarting {name}…",
        restarted="{name} is restarted and well.",
        restart_failed="{name} was not restarted: {problem}.",
        no_answer="the sentinel does not answer",
        restart_problems={},
        version="Portfolio bot {version}\nPython {python}, ledger {schema}",
        no_history="There is no snapshot yet. /now makes one.",
        ledger_unavailable="The ledger cannot be read now: {reason}. Messages go on.",
    ),
    "ru": Words(
        start="Этот бот присылает портфель по расписанию и по просьбе.",
        unknown="Нет такой команды. /now покажет портфель, /help – все команды.",
        only_commands="Я понимаю только команды. /now покажет портфель, /help – все команды.",
        usage="Ничего не сделано: после {command} ничего не пишут. Наберите только {command}.",
        instead={
            "pause": "Пауза длится до /resume.",
            "history": "За другой срок: /chart 90d",
            "change": "Об одной платформе: /why и имя",
        },
        working="Работаю…",
        answered="ответили {count} из {all}",
        rate="курс",
        refresh="↻ Обновить",
        why="Почему?",
        chart="График",
        history="История",
        refreshing="Спрашиваю всех заново…",
        refreshed="Обновлено: {at}",
        paused_footer="Сообщения по расписанию на паузе: /resume",
        too_old="{command}: пришло поздно и не выполнено, повторите, пожалуйста.",
        private="Это частный бот.",
        no_such_button="Эта кнопка от старой версии. Наберите команду: /help",
        not_done="Ничего не изменено: {reason}.",
        frequency_now="Сообщение приходит каждые {minutes} мин (задано здесь).",
        frequency_cron="Сообщение приходит по cron из .env: SCHEDULE_CRON.",
        frequency_from_env="Сообщение приходит каждые {minutes} мин (как в .env).",
        frequency_choose="Выберите или напишите число минут:",
        frequency_set="Со следующего срока: каждые {minutes} мин, до /frequency default.",
        frequency_default="Со следующего срока: как в .env.",
        frequency_bad="Напишите минуты, от {least} до 720: /frequency 60, или /frequency default.",
        frequency_short="Нельзя: опрос может длиться {deadline} с. Самое частое – {least} мин.",
        default="как в .env",
        next_slot="Следующее: {at}",
        pause="Пауза. По расписанию ничего не придёт до /resume; /now работает.",
        resume="Сообщения по расписанию снова приходят.",
        paused_already="Уже на паузе. Закончить: /resume.",
        not_paused="Паузы и не было.",
        restart_choose="Какой?",
        restart_unknown="Сборщика <code>{name}</code> нет. Есть: {names}.",
        restart_sure="Перезапустить <b>{name}</b>?",
        restart_yes="Перезапустить {name}",
        cancel="Отмена",
        cancelled="Не перезапущен.",
        restarting="Перезапускаю {name}…",
        restarted="{name} перезапущен и работает.",
        restart_failed="{name} не перезапущен: {problem}.",
        no_answer="sentinel не отвечает",
        restart_problems={
            "unknown program": "такой программы нет",
            "did not come back within 20 s": "не поднялся за 20 с",
            "it is not configured": "он не настроен",
            "its settings are wrong; make check says how": "его настройки неверны; подробности: make check",
        },
        version="Portfolio bot {version}\nPython {python}, база {schema}",
        no_history="Снимков ещё нет. /now сделает первый.",
        ledger_unavailable="База данных сейчас не читается: {reason}. Сообщения идут.",
    ),
    "de": Words(
        start="Dieser Bot schickt das Portfolio nach Zeitplan und auf Anfrage.",
        unknown="Unbekannter Befehl. /now zeigt das Portfolio, /help alle Befehle.",
        only_commands="Hier gelten nur Befehle. /now zeigt das Portfolio, /help alle Befehle.",
        usage="Nichts ausgeführt: Hinter {command} gehört nichts. Nur {command} eingeben.",
        instead={
            "pause": "Die Pause dauert bis /resume.",
            "history": "Anderer Zeitraum: /chart 90d",
            "change": "Nur eine Plattform: /why und ihr Name",
        },
        working="In Arbeit…",
        answered="{count} von {all} haben geantwortet",
        rate="Kurs",
        refresh="↻ Neu laden",
        why="Warum?",
        chart="Chart",
        history="Verlauf",
        refreshing="Alle werden neu abgefragt…",
        refreshed="Aktualisiert: {at}",
        paused_footer="Geplante Nachrichten sind pausiert: /resume",
        too_old="{command} kam zu spät und wurde nicht ausgeführt: bitte wiederholen.",
        private="Dieser Bot ist privat.",
        no_such_button="Dieser Knopf ist von einer älteren Version. Befehl eintippen: /help",
        not_done="Nichts geändert: {reason}.",
        frequency_now="Alle {minutes} Minuten kommt eine Nachricht (hier eingestellt).",
        frequency_cron="Nachrichten kommen nach dem Cron-Ausdruck in .env: SCHEDULE_CRON.",
        frequency_from_env="Alle {minutes} Minuten kommt eine Nachricht (wie in .env).",
        frequency_choose="Auswählen oder Minuten eintippen:",
        frequency_set="Ab dem nächsten Termin: alle {minutes} Minuten, bis /frequency default.",
        frequency_default="Ab dem nächsten Termin: wie in .env.",
        frequency_bad="Minuten von {least} bis 720 angeben: /frequency 60, oder /frequency default.",
        frequency_short="Geht nicht: Eine Abfrage darf {deadline} s dauern. Mindestens {least} Minuten.",
        default="wie in .env",
        next_slot="Nächste: {at}",
        pause="Pausiert. Bis /resume kommt nichts nach Zeitplan; /now geht trotzdem.",
        resume="Geplante Nachrichten kommen wieder.",
        paused_already="Schon pausiert. /resume beendet es.",
        not_paused="Es war nichts pausiert.",
        restart_choose="Welchen?",
        restart_unknown="Den Kollektor <code>{name}</code> gibt es nicht. Vorhanden: {names}.",
        restart_sure="<b>{name}</b> neu starten?",
        restart_yes="{name} neu starten",
        cancel="Abbrechen",
        cancelled="Nicht neu gestartet.",
        restarting="{name} startet neu…",
        restarted="{name} ist neu gestartet und läuft.",
        restart_failed="{name} wurde nicht neu gestartet: {problem}.",
        no_answer="sentinel antwortet nicht",
        restart_problems={
            "unknown program": "dieses Programm gibt es nicht",
            "did not come back within 20 s": "nach 20 s noch nicht wieder da",
            "it is not configured": "nicht eingerichtet",
            "its settings are wrong; make check says how": "falsche Einstellungen; Näheres: make check",
        },
        version="Portfolio bot {version}\nPython {python}, Datenbank {schema}",
        no_history="Noch kein Stand gespeichert. /now holt den ersten.",
        ledger_unavailable="Die Datenbank ist gerade nicht lesbar: {reason}. Nachrichten kommen weiter.",
    ),
}
