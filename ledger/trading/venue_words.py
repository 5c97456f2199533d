"""Why a venue is away, by its broker's word for it: what that is and what to do; in each language, plain text.

The words stand here, once, since both that tell people show them: the chat's commands, and execution's notices.
"""

from collections.abc import Mapping
from typing import Final

from bus.language import Language

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
    "not_served": "It serves another account than those here{reason}. Set the right number, or make that account.",
    "lost_servers": "The gateway has lost the venue's servers and connects again by itself. If it stays so, see the "
    "venue's status page.",
    "competing": "Another session of the same user has the market data. End that, or give this one a user of its own. "
    "Orders go on; openings wait for a quote.",
    "dropped": "The gateway has closed the connection. If it stays so, look whether it runs and is logged in.",
    "old_version": "The gateway is too old for this program. Install a newer one.",
    "key_refused": "The venue does not take the key{reason}. Set a right one, and start {program} anew.",
    "key_rights": "The key's rights are not right{reason}. Change them at the venue.",
    "other_account": "The key is of another account than the one that is set. Set a key of that one, or the right "
    "number, and start {program} anew.",
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
    "not_served": "Программа обслуживает не тот счёт{reason}. Задайте верный номер или заведите этот счёт.",
    "lost_servers": "Шлюз потерял серверы площадки и соединяется заново сам. Если так и останется, смотрите страницу "
    "состояния площадки.",
    "competing": "Рыночные данные забрал другой сеанс того же пользователя. Завершите его или заведите здесь "
    "отдельного пользователя. Заявки идут; открытия ждут котировки.",
    "dropped": "Шлюз закрыл соединение. Если так и останется, проверьте, запущен ли он и выполнен ли вход.",
    "old_version": "Шлюз слишком старый для этой программы. Установите новее.",
    "key_refused": "Площадка не принимает ключ{reason}. Задайте верный и запустите {program} заново.",
    "key_rights": "Права ключа не те{reason}. Измените их на площадке.",
    "other_account": "Ключ не от того счёта, который задан. Задайте ключ того счёта или верный номер и запустите "
    "{program} заново.",
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
    "not_served": "Bedient wird ein Konto, das es hier nicht gibt{reason}. Die Nummer berichtigen, oder das Konto "
    "anlegen.",
    "lost_servers": "Das Gateway hat die Server des Handelsplatzes verloren und verbindet sich von selbst neu. Bleibt "
    "es so, die Statusseite des Handelsplatzes ansehen.",
    "competing": "Eine andere Sitzung desselben Nutzers hat die Marktdaten. Sie beenden, oder hier einen eigenen "
    "Nutzer nehmen. Aufträge gehen weiter; Eröffnungen warten auf einen Kurs.",
    "dropped": "Das Gateway hat die Verbindung geschlossen. Bleibt es so, nachsehen, ob es läuft und angemeldet ist.",
    "old_version": "Das Gateway ist zu alt für dieses Programm. Ein neueres installieren.",
    "key_refused": "Der Handelsplatz nimmt den Schlüssel nicht an{reason}. Einen richtigen setzen und {program} neu "
    "starten.",
    "key_rights": "Die Rechte des Schlüssels stimmen nicht{reason}. Sie am Handelsplatz ändern.",
    "other_account": "Der Schlüssel gehört zu einem anderen als dem gesetzten Konto. Einen Schlüssel dieses Kontos "
    "oder die richtige Nummer setzen und {program} neu starten.",
}
STATES: Final[Mapping[Language, Mapping[str, str]]] = {"en": EN, "ru": RU, "de": DE}


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
