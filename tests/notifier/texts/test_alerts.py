"""Alerts in the chat's language: the tables fit together, and what is not known stays as it came."""

from datetime import UTC, datetime

import pytest

from bus.alert_texts import ENGLISH, alert_text
from bus.alerts import raised
from bus.connection import Bus
from bus.language import Language
from bus.messages.delivery import Alert
from ledger.unavailable import FILE_REASONS, REASONS, unavailable_because
from notifier.texts.alerts import ALERTS, text_of
from notifier.texts.alerts import REASONS as WORDED
from tests.bus.test_alerts import names
from tests.notifier.harness import Harness, slot_round
from tests.running import flat

NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)


OTHERS: tuple[Language, ...] = ("ru", "de")


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_sentences(language: Language) -> None:
    assert list(ALERTS[language]) == list(ENGLISH)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("key", ENGLISH)
def test_every_language_names_the_same_values(key: str, language: Language) -> None:
    assert names(ALERTS[language][key]) == names(ENGLISH[key])


def test_a_known_alert_is_told_in_the_chats_language_and_in_english_as_it_came() -> None:
    alert = raised("a", alert_text("down", program="okx", seconds="11"), NOW)

    assert text_of(alert, "ru") == "⚠ Процесс okx не работает уже 11 с"
    assert text_of(alert, "de") == "⚠ okx läuft seit 11 s nicht"
    assert text_of(alert, "en") == alert.text == "⚠ okx is down since 11 s"


@pytest.mark.parametrize(
    "alert",
    [
        Alert(id="a", text="⚠ of an older program", raised_at=NOW),
        Alert(id="a", text="⚠ of a newer program", raised_at=NOW, key="flooded", values={"room": "3"}),
        Alert(id="a", text="⚠ with other values", raised_at=NOW, key="down", values={"name": "okx"}),
    ],
)
@pytest.mark.parametrize("language", OTHERS)
def test_what_another_version_raised_stays_as_it_came(language: Language, alert: Alert) -> None:
    assert text_of(alert, language) == alert.text


def test_values_are_text_and_never_templates() -> None:
    alert = raised("a", alert_text("message_dead", error="{program.__class__} <b>"), NOW)

    assert (
        text_of(alert, "ru") == "⚠ Сообщение не удалось доставить: {program.__class__} <b>. Подробности: make status."
    )


def test_lengths_of_time_and_reasons_are_translated() -> None:
    ahead = raised("a", alert_text("clock_ahead", span="2 h 5 min"), NOW)
    full = raised("b", alert_text("ledger_unusable", reason="the disk is full"), NOW)
    other = raised("c", alert_text("backup_failed", reason="portfolio-1.db is damaged"), NOW)

    assert "вперёд на 2 ч 5 мин:" in text_of(ahead, "ru")
    assert "недоступна: диск заполнен." in text_of(full, "ru")
    assert "не удалась: portfolio-1.db is damaged." in text_of(other, "ru")
    assert "auf einmal 2 Std. 5 Min. vor:" in text_of(ahead, "de")
    assert "nicht verfügbar: die Platte ist voll." in text_of(full, "de")


@pytest.mark.parametrize("language", OTHERS)
def test_every_plain_reason_of_the_ledger_is_worded(language: Language) -> None:
    reasons = {*REASONS.values(), *FILE_REASONS.values(), unavailable_because(None).reason}

    assert reasons <= WORDED[language].keys()


def test_what_a_collector_advises_is_translated() -> None:
    advice = "Make a key with the right Read alone on OKX's API page"
    ended = raised("a", alert_text("key_ended", label="OKX", day="2026-02-10", advice=advice), NOW)

    assert text_of(ended, "de") == (
        "⚠ OKX: Der Schlüssel ist am 2026-02-10 abgelaufen. Auf der API-Seite von OKX einen Schlüssel nur mit dem "
        "Recht Read anlegen."
    )


def test_a_notifier_that_speaks_russian_words_what_others_raise_when_it_stores_it(harness: Harness, bus: Bus) -> None:
    with harness.notifier(LANGUAGE="ru") as notifier:
        notifier.wait_for("joined")
        bus.publish(raised("okx-1", alert_text("well", program="okx"), datetime.now(UTC)))
        (sent,) = harness.wait_for_texts(1)

    assert sent.text == "⚠ Процесс okx снова в порядке"


def test_a_notifier_that_speaks_russian_words_what_it_raises_itself(harness: Harness) -> None:
    harness.chats = ("-5",)
    harness.sandbox.set_state("telegram", migrated={-5: -1005})
    harness.record(slot_round())
    with harness.notifier(LANGUAGE="ru"):
        harness.wait_for_states("sent", "sent", chat_id=-1005)

    told = flat(harness.sandbox.messages()[1].text)
    assert told == "⚠ У этой группы новый номер: впишите -1005 вместо -5 в TELEGRAM_CHAT_ID"
