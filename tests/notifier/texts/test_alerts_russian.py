"""Alerts in the chat's language: the two tables fit together, and what is not known stays as it came."""

from datetime import UTC, datetime

import pytest

from bus.alert_texts import ENGLISH, alert_text
from bus.alerts import raised
from bus.connection import Bus
from bus.messages.delivery import Alert
from ledger.unavailable import FILE_REASONS, REASONS, unavailable_because
from notifier.texts import alerts_russian
from notifier.texts.alerts_russian import RUSSIAN, text_of
from tests.bus.test_alerts import names
from tests.notifier.harness import Harness, slot_round
from tests.running import flat

NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)


def test_both_languages_have_the_same_sentences() -> None:
    assert list(RUSSIAN) == list(ENGLISH)


@pytest.mark.parametrize("key", ENGLISH)
def test_both_languages_name_the_same_values(key: str) -> None:
    assert names(RUSSIAN[key]) == names(ENGLISH[key])


def test_a_known_alert_is_told_in_russian_and_in_english_as_it_came() -> None:
    alert = raised("a", alert_text("down", program="okx", seconds="11"), NOW)

    assert text_of(alert, "ru") == "⚠ Процесс okx не работает уже 11 с"
    assert text_of(alert, "en") == alert.text == "⚠ okx is down since 11 s"


@pytest.mark.parametrize(
    "alert",
    [
        Alert(id="a", text="⚠ of an older program", raised_at=NOW),
        Alert(id="a", text="⚠ of a newer program", raised_at=NOW, key="flooded", values={"room": "3"}),
        Alert(id="a", text="⚠ with other values", raised_at=NOW, key="down", values={"name": "okx"}),
    ],
)
def test_what_another_version_raised_stays_as_it_came(alert: Alert) -> None:
    assert text_of(alert, "ru") == alert.text


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


def test_every_plain_reason_of_the_ledger_has_its_russian() -> None:
    reasons = {*REASONS.values(), *FILE_REASONS.values(), unavailable_because(None).reason}

    assert reasons <= alerts_russian.REASONS.keys()


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
