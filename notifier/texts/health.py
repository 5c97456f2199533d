"""The words of /health."""

import msgspec

from bus.language import Language


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence of the page; a missing translation is a type error.

    The table's heads and states have 10, 6, 5, 5 and 4 columns; `units` are day, hour, minute and second.
    """

    program: str
    state: str
    uptime: str
    beat: str
    memory: str
    total: str
    ok: str
    silent: str
    down: str
    off: str
    starts: str
    units: tuple[str, str, str, str]
    no_sentinel: str
    last_success: str
    not_whole: str
    ago: str
    rate: str
    paused: str
    next_slot: str
    would_be_next: str
    every: str
    by_cron: str
    no_clock: str
    waiting: str
    dead: str
    dead_one: str
    resend: str
    ledger_unavailable: str
    keys: str
    rights: dict[str, str]
    days_left: str
    expired: str
    no_expiry: str
    expiry_unknown: str


WORDS: dict[Language, Words] = {
    "en": Words(
        program="program",
        state="state",
        uptime="up",
        beat="beat",
        memory="MB",
        total="together",
        ok="ok",
        silent="silent",
        down="down",
        off="off",
        starts="starts",
        units=("d", "h", "m", "s"),
        no_sentinel="The sentinel does not answer",
        last_success="Last numbers",
        not_whole="≥ not all of it: see /why",
        ago="{span} ago",
        rate="Rate",
        paused="Paused: /resume goes on",
        next_slot="Next: {at}",
        would_be_next="Next would be: {at}",
        every="Every {minutes} min",
        by_cron="By SCHEDULE_CRON",
        no_clock="The clock does not answer",
        waiting="Waiting to be sent: {count}",
        dead="Not deliverable: {count}",
        dead_one="No. {id} to {chat}: {reason}",
        resend="To send again: <code>make resend</code>",
        ledger_unavailable="The ledger cannot be used: {reason}",
        keys="Keys",
        rights={
            "read only": "read only",
            "can trade": "can trade",
            "unproven": "not proven yet",
            "not asked": "not checked",
            "by nature": "reads by nature",
        },
        days_left="{days} days left",
        expired="expired",
        no_expiry="does not expire",
        expiry_unknown="expiry unknown",
    ),
    "ru": Words(
        program="программа",
        state="статус",
        uptime="время",
        beat="пульс",
        memory="МБ",
        total="вместе",
        ok="ок",
        silent="молчит",
        down="упала",
        off="выкл",
        starts="старт",
        units=("д", "ч", "м", "с"),
        no_sentinel="Программа sentinel не отвечает",
        last_success="Последние данные",
        not_whole="≥ учтено не всё: см. /why",
        ago="{span} назад",
        rate="Курс",
        paused="Пауза. Продолжить: /resume",
        next_slot="Следующее: {at}",
        would_be_next="Следующее было бы: {at}",
        every="Каждые {minutes} мин",
        by_cron="По SCHEDULE_CRON",
        no_clock="Программа clock не отвечает",
        waiting="Ждут отправки: {count}",
        dead="Не доставлено: {count}",
        dead_one="№ {id} для {chat}: {reason}",
        resend="Отправить снова: <code>make resend</code>",
        ledger_unavailable="База недоступна: {reason}",
        keys="Ключи",
        rights={
            "read only": "только чтение",
            "can trade": "может торговать",
            "unproven": "ещё не проверен",
            "not asked": "не проверяется",
            "by nature": "умеет только читать",
        },
        days_left="ещё {days} дн.",
        expired="истёк",
        no_expiry="бессрочный",
        expiry_unknown="срок неизвестен",
    ),
    "de": Words(
        program="Programm",
        state="Status",
        uptime="läuft",
        beat="Puls",
        memory="MB",
        total="zusammen",
        ok="ok",
        silent="stumm",
        down="down",
        off="aus",
        starts="Start",
        units=("T", "h", "m", "s"),
        no_sentinel="Das Programm sentinel antwortet nicht",
        last_success="Letzte Werte",
        not_whole="≥ nicht alles erfasst: siehe /why",
        ago="vor {span}",
        rate="Kurs",
        paused="Pausiert: /resume setzt fort",
        next_slot="Nächste: {at}",
        would_be_next="Nächste wäre: {at}",
        every="Alle {minutes} min",
        by_cron="Nach SCHEDULE_CRON",
        no_clock="Das Programm clock antwortet nicht",
        waiting="Warten auf Versand: {count}",
        dead="Nicht zustellbar: {count}",
        dead_one="Nr. {id} an {chat}: {reason}",
        resend="Noch einmal senden: <code>make resend</code>",
        ledger_unavailable="Datenbank nicht verfügbar: {reason}",
        keys="Schlüssel",
        rights={
            "read only": "nur lesen",
            "can trade": "kann handeln",
            "unproven": "noch nicht geprüft",
            "not asked": "wird nicht geprüft",
            "by nature": "kann nur lesen",
        },
        days_left="noch {days} Tage",
        expired="abgelaufen",
        no_expiry="läuft nicht ab",
        expiry_unknown="Ablauf unbekannt",
    ),
}
