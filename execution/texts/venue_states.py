"""What is told of a venue that is away: why, by its broker's word for it, and what to do; in each language, plain."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Row

from bus.language import Language
from execution.texts.moments import moment, reader_of

PROGRAM: Final = "program"
"""The word for a broker's program that says nothing; it is execution's own, no broker can say it."""
OTHER: Final = ""
"""Stands for a word that has no text here."""

EN: Final[Mapping[str, str]] = {
    OTHER: "Nothing reaches it{reason}. Look at the program {program} and at the venue.",
    PROGRAM: "The program {program} says nothing. It is started anew by itself; if it stays so, see its log.",
    "connecting": "It is being connected. If it stays so, look at the program {program} and at the venue.",
    "refused": "Nobody listens at its address: the gateway does not run, or on another port. Start it, or set its host "
    "and port.",
    "silent": "The gateway runs and is not logged in. Log in there.",
    "client_id_taken": "Another program is connected with the same client id. End that, or set another client id.",
    "read_only": "The gateway takes no orders: its API is read-only. Turn Read-Only API off in its settings.",
    "wrong_account": "The gateway is logged in to another account than the one that is set. Log in to that one, or set "
    "the right number.",
    "lost_servers": "The gateway has lost the venue's servers and connects again by itself. If it stays so, see the "
    "venue's status page.",
    "competing": "Another session of the same user has the market data. End that, or give this one a user of its own. "
    "Orders go on; openings wait for a quote.",
    "dropped": "The gateway has closed the connection. If it stays so, look whether it runs and is logged in.",
    "old_version": "The gateway is too old for this program. Install a newer one.",
}
RU: Final[Mapping[str, str]] = {
    OTHER: "Туда ничего не доходит{reason}. Посмотрите на программу {program} и на саму площадку.",
    PROGRAM: "Программа {program} молчит. Она запускается заново сама; если так и останется, смотрите её журнал.",
    "connecting": "Идёт соединение. Если так и останется, посмотрите на программу {program} и на саму площадку.",
    "refused": "По её адресу никто не слушает: шлюз не запущен или на другом порту. Запустите его или задайте адрес и "
    "порт.",
    "silent": "Шлюз запущен, но вход не выполнен. Войдите в нём.",
    "client_id_taken": "С тем же номером клиента подключена другая программа. Завершите её или задайте другой номер "
    "клиента.",
    "read_only": "Шлюз не берёт заявок: его API только для чтения. Выключите Read-Only API в его настройках.",
    "wrong_account": "Шлюз вошёл не в тот счёт, который задан. Войдите в нужный или задайте верный номер.",
    "lost_servers": "Шлюз потерял серверы площадки и соединяется заново сам. Если так и останется, смотрите страницу "
    "состояния площадки.",
    "competing": "Рыночные данные забрал другой сеанс того же пользователя. Завершите его или заведите здесь "
    "отдельного пользователя. Заявки идут; открытия ждут котировки.",
    "dropped": "Шлюз закрыл соединение. Если так и останется, проверьте, запущен ли он и выполнен ли вход.",
    "old_version": "Шлюз слишком старый для этой программы. Установите новее.",
}
DE: Final[Mapping[str, str]] = {
    OTHER: "Nichts kommt dort an{reason}. Nach dem Programm {program} und dem Handelsplatz sehen.",
    PROGRAM: "Das Programm {program} schweigt. Es startet von selbst neu; bleibt es so, in sein Log sehen.",
    "connecting": "Die Verbindung wird aufgebaut. Bleibt es so, nach dem Programm {program} und dem Handelsplatz "
    "sehen.",
    "refused": "Unter der Adresse hört niemand: das Gateway läuft nicht oder auf einem anderen Port. Starten, oder "
    "Adresse und Port setzen.",
    "silent": "Das Gateway läuft und ist nicht angemeldet. Dort anmelden.",
    "client_id_taken": "Ein anderes Programm ist mit derselben Client-Nummer verbunden. Es beenden, oder eine andere "
    "Client-Nummer setzen.",
    "read_only": "Das Gateway nimmt keine Aufträge an: seine API ist nur zum Lesen. Read-Only API in seinen "
    "Einstellungen ausschalten.",
    "wrong_account": "Das Gateway ist bei einem anderen als dem gesetzten Konto angemeldet. Beim richtigen anmelden, "
    "oder die Nummer berichtigen.",
    "lost_servers": "Das Gateway hat die Server des Handelsplatzes verloren und verbindet sich von selbst neu. Bleibt "
    "es so, die Statusseite des Handelsplatzes ansehen.",
    "competing": "Eine andere Sitzung desselben Nutzers hat die Marktdaten. Sie beenden, oder hier einen eigenen "
    "Nutzer nehmen. Aufträge gehen weiter; Eröffnungen warten auf einen Kurs.",
    "dropped": "Das Gateway hat die Verbindung geschlossen. Bleibt es so, nachsehen, ob es läuft und angemeldet ist.",
    "old_version": "Das Gateway ist zu alt für dieses Programm. Ein neueres installieren.",
}
STATES: Final[Mapping[Language, Mapping[str, str]]] = {"en": EN, "ru": RU, "de": DE}


class Words(NamedTuple):
    """What stands around that, in one language."""

    lost: str
    back: str
    ill: str
    well: str
    login: str


WORDS: Final[Mapping[Language, Words]] = {
    "en": Words(
        lost="⚠ {broker}: no connection since {since} ({minutes} min). {why} What rests at the venue stays; it is "
        "tried again all the time.",
        back="✔ {broker} is back after {minutes} min. Its orders, executions, positions and cash are compared with the "
        "books; what differs is told.",
        ill="⚠ {broker} is connected, and something is wrong since {since}. {why}",
        well="✔ {broker} is well again after {minutes} min.",
        login="🔑 {broker} ends its sessions at the weekend, and is not connected: log in before the market opens, "
        "{opens}, or nothing can be ordered there. This comes again until it is connected.",
    ),
    "ru": Words(
        lost="⚠ {broker}: нет связи с {since} ({minutes} мин). {why} Что выставлено на площадке, остаётся; попытки "
        "продолжаются.",
        back="✔ {broker} снова на связи, спустя {minutes} мин. Заявки, сделки, позиции и деньги сверяются с книгами; о "
        "расхождениях будет сообщено.",
        ill="⚠ {broker} на связи, но с {since} что‑то не так. {why}",
        well="✔ {broker}: всё снова в порядке, спустя {minutes} мин.",
        login="🔑 {broker} завершает сеансы в выходные, и связи нет: войдите до открытия рынка, {opens}, иначе заявок "
        "там не будет. Сообщение повторится, пока связи нет.",
    ),
    "de": Words(
        lost="⚠ {broker}: seit {since} keine Verbindung ({minutes} min). {why} Was am Handelsplatz liegt, bleibt; es "
        "wird ständig neu versucht.",
        back="✔ {broker} ist nach {minutes} min wieder da. Aufträge, Ausführungen, Positionen und Geld werden mit den "
        "Büchern abgeglichen; was abweicht, wird gemeldet.",
        ill="⚠ {broker} ist verbunden, doch seit {since} stimmt etwas nicht. {why}",
        well="✔ {broker}: nach {minutes} min ist alles wieder in Ordnung.",
        login="🔑 {broker} beendet am Wochenende die Sitzungen und ist nicht verbunden: anmelden, bevor die Börse "
        "öffnet, {opens}, sonst ist dort kein Auftrag möglich. Das kommt wieder, bis die Verbindung steht.",
    ),
}


def state_told(code: str, language: Language, *, program: str, reason: str) -> str:
    """Return why a venue is away, and what to do.

    Args:
        code: The broker's word for it, or `PROGRAM`.
        language: Which.
        program: The broker's program.
        reason: What the broker says besides, for a word that has no text here; empty for nothing.
    """
    texts = STATES[language]
    template = texts[code] if code in texts else texts[OTHER]
    return template.format(program=program, reason=f" ({reason})" if reason else "")


def trouble_told(user: Row[Any], since: datetime, *, minutes: int, why: str, is_lost: bool) -> str:
    """Return that a venue is away, or that something else is wrong with it.

    Args:
        user: Who is told: a row with `language`, `timezone` and `broker`.
        since: Since when, aware.
        minutes: How long that is by now.
        why: What it is and what to do, in words of the user.
        is_lost: Whether it is away; else it is connected.
    """
    reader = reader_of(user)
    words = WORDS[reader.language]
    template = words.lost if is_lost else words.ill
    return template.format(broker=user.broker, since=moment(since, reader), minutes=minutes, why=why)


def end_told(user: Row[Any], *, minutes: int, is_lost: bool) -> str:
    """Return that a venue is back, or that what was wrong with it is over.

    Args:
        user: Who is told: a row with `language` and `broker`.
        minutes: How long it was so.
        is_lost: Whether it was away.
    """
    words = WORDS[reader_of(user).language]
    return (words.back if is_lost else words.well).format(broker=user.broker, minutes=minutes)


def login_told(user: Row[Any], opens: datetime | None) -> str:
    """Return the reminder to log in.

    Args:
        user: Who is told: a row with `language`, `timezone` and `broker`.
        opens: When the market opens, aware; None where nobody knows it.
    """
    reader = reader_of(user)
    return WORDS[reader.language].login.format(broker=user.broker, opens=moment(opens, reader))
