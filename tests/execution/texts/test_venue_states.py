"""What is told of a venue, in each language to the letter: away, back, ill, well again, and the reminder to log in."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from execution.texts.venue_states import WORDS, end_told, login_told, trouble_told
from ledger.trading.venue_words import STATES, state_told

SINCE = datetime(2026, 12, 2, 4, 45, tzinfo=UTC)
TOLD = {
    "en": (
        "⚠ Far: no connection since 2026-12-02 05:45 CET (130 min). The gateway runs and is not logged in. Log in "
        "there. What rests at the venue stays; it is tried again all the time.",
        "✔ Far is back after 131 min. Its orders, executions, positions and cash are compared with the books; what "
        "differs is told.",
        "✔ Far is well again after 131 min.",
        "🔑 Far ends its sessions at the weekend, and is not connected: log in before the market opens, 2026-12-02 "
        "05:45 CET, or nothing can be ordered there. This comes again until it is connected.",
    ),
    "ru": (
        "⚠ Far: нет связи с 2026-12-02 05:45 CET (130 мин). Шлюз запущен, но вход не выполнен. Войдите в нём. Что "
        "выставлено на площадке, остаётся; попытки продолжаются.",
        "✔ Far снова на связи, спустя 131 мин. Заявки, сделки, позиции и деньги сверяются с книгами; о расхождениях "
        "будет сообщено.",
        "✔ Far: всё снова в порядке, спустя 131 мин.",
        "🔑 Far завершает сеансы в выходные, и связи нет: войдите до открытия рынка, 2026-12-02 05:45 CET, иначе "
        "заявок там не будет. Сообщение повторится, пока связи нет.",
    ),
    "de": (
        "⚠ Far: seit 2026-12-02 05:45 CET keine Verbindung (130 min). Das Gateway läuft und ist nicht angemeldet. Dort "
        "anmelden. Was am Handelsplatz liegt, bleibt; es wird ständig neu versucht.",
        "✔ Far ist nach 131 min wieder da. Aufträge, Ausführungen, Positionen und Geld werden mit den Büchern "
        "abgeglichen; was abweicht, wird gemeldet.",
        "✔ Far: nach 131 min ist alles wieder in Ordnung.",
        "🔑 Far beendet am Wochenende die Sitzungen und ist nicht verbunden: anmelden, bevor die Börse öffnet, "
        "2026-12-02 05:45 CET, sonst ist dort kein Auftrag möglich. Das kommt wieder, bis die Verbindung steht.",
    ),
}


@pytest.mark.parametrize("language", list(WORDS))
def test_what_is_told_of_a_venue(language: Any) -> None:
    user: Any = SimpleNamespace(language=language, timezone="Europe/Berlin", broker="Far")
    why = state_told("silent", language, program="broker-far", reason="no handshake")
    told = (
        trouble_told(user, SINCE, minutes=130, why=why, is_lost=True),
        end_told(user, minutes=131, is_lost=True),
        end_told(user, minutes=131, is_lost=False),
        login_told(user, SINCE),
    )

    assert told == TOLD[language]


@pytest.mark.parametrize("language", list(WORDS))
def test_every_text_says_what_it_is_and_what_to_do(language: Any) -> None:
    texts = [state_told(code, language, program="p", reason="") for code in STATES[language]]

    assert all(text.count(". ") >= 1 and text.endswith(".") for text in texts)
    assert len(set(texts)) == len(texts)
