"""A venue that is lost for long is told once, and told when it is back, whatever restarts; resets are quiet."""

from datetime import UTC, datetime
from typing import Any

import pytest

from execution.texts.venue_states import WORDS
from execution.watching.venues import LOST_S
from ledger.trading.people.preferences import set_language
from ledger.trading.venue_words import STATES, state_told
from ledger.trading.work import Work
from tests.execution.watching.gateway import GatewayStage
from tests.execution.watching.stage import WatchingStage

CODES = (
    "connecting",
    "refused",
    "silent",
    "client_id_taken",
    "read_only",
    "wrong_account",
    "lost_servers",
    "competing",
    "dropped",
    "old_version",
)
"""What a broker behind a gateway says of it."""


def venues(stage: WatchingStage) -> list[str]:
    """Return what was told of venues."""
    return [text for text in stage.told() if "connection" in text or "is back" in text]


def test_a_lost_venue_is_told_once_and_told_when_it_is_back(stage: WatchingStage) -> None:
    """Fault T20."""
    stage.looks()
    stage.venue.is_connected = False
    stage.passes(LOST_S - 20, step_s=5)
    before = venues(stage)
    stage.passes(600, step_s=5)
    stage.start()
    stage.passes(600, step_s=5)
    lost = venues(stage)
    stage.venue.is_connected = True
    stage.looks(rounds=3)

    assert before == []
    assert len(lost) == 1
    assert lost[0].startswith("⚠ Paper: no connection since 2026-11-27 14:30 UTC (5 min). Nothing reaches it.")
    assert "broker-paper" in lost[0]
    assert [text.partition(". ")[0] for text in venues(stage)[1:]] == ["✔ Paper is back after 24 min"]


def test_a_short_loss_is_not_told(stage: WatchingStage) -> None:
    for _ in range(3):
        stage.venue.is_connected = False
        stage.passes(200, step_s=5)
        stage.venue.is_connected = True
        stage.looks()

    assert venues(stage) == []


def test_whoever_has_an_account_there_is_told_and_nobody_else(stage: WatchingStage) -> None:
    stage.alice()
    stage.looks()
    stage.venue.is_connected = False
    stage.passes(LOST_S + 20, step_s=5)

    assert len(venues(stage)) == 2


def at(gateway: GatewayStage, *moment: int) -> None:
    """Let it be a moment, in UTC."""
    gateway.time.step(datetime(*moment, tzinfo=UTC) - gateway.time.now())  # type: ignore[misc,arg-type]


@pytest.mark.parametrize("season", [pytest.param((2026, 12, 2, 4, 45), id="winter"), (2026, 7, 1, 3, 45)])
def test_in_the_nightly_reset_an_absence_is_quiet_and_told_after_its_end_with_since_when(
    gateway: GatewayStage, season: tuple[int, ...]
) -> None:
    """Fault T21: at 23:45 in New York."""
    at(gateway, *season)
    gateway.opens_account()
    gateway.gateway("dropped")
    gateway.passes(125 * 60, step_s=300)
    inside = gateway.of_venues()
    gateway.passes(6 * 60, step_s=60)
    after = gateway.of_venues()
    gateway.gateway(is_connected=True)
    gateway.looks(rounds=2)

    assert inside == []
    assert len(after) == 1
    assert f"no connection since {gateway.time.now():%Y-%m}-0{season[2]} 0{season[3]}:45 UTC (130 min)" in after[0]
    assert "The gateway has closed the connection." in after[0]
    assert "is back after 131 min. Its orders, executions, positions and cash are compared" in gateway.of_venues()[1]


def test_the_restart_of_a_minute_is_told_at_no_hour(gateway: GatewayStage) -> None:
    """Fault T21."""
    gateway.opens_account()
    for hour in (0, 4, 5, 6, 14, 21):
        at(gateway, 2026, 12, 2, hour, 45)
        gateway.gateway("refused")
        gateway.passes(60, step_s=30)
        gateway.gateway(is_connected=True)
        gateway.looks()

    assert gateway.of_venues() == []


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("code", "language"), list(zip(CODES, ["en", "ru", "de"] * 4, strict=False)))
def test_each_word_of_a_broker_has_a_text_that_says_what_to_do(gateway: GatewayStage, code: str, language: Any) -> None:
    """Fault T21: 326, silent accept, 1100, a weekly login that is missing."""
    gateway.opens_account()
    boss = gateway.boss
    with gateway.ledger.writing() as connection:
        set_language(boss, Work(connection, gateway.time.now()), language)
    gateway.gateway(code, is_connected=code == "competing", reason="Error 326: the venue's own words")
    gateway.passes(LOST_S + 10, step_s=155)
    [told] = gateway.of_venues()

    assert STATES[language][code].format(program="broker-ibkr") in told
    assert "326" not in told


def test_a_word_without_a_text_is_told_with_its_reason(gateway: GatewayStage) -> None:
    gateway.opens_account()
    gateway.gateway("never_heard_of", reason="the moon is full")
    gateway.passes(LOST_S + 10, step_s=155)

    assert "Nothing reaches it (the moon is full). Look at the program broker-ibkr" in gateway.of_venues()[0]


def test_a_broker_that_says_nothing_is_told_as_that(gateway: GatewayStage) -> None:
    gateway.opens_account()
    gateway.gateway(is_connected=True)
    gateway.at_gateway = None
    gateway.passes(LOST_S + 180, step_s=160)

    assert "The program broker-ibkr says nothing." in gateway.of_venues()[0]


def test_another_reason_that_stays_is_told_once_more_and_each_once(gateway: GatewayStage) -> None:
    """Fault T21: the gateway is back, and not logged in."""
    gateway.opens_account()
    for code in ("refused", "connecting", "silent", "refused", "connecting", "silent"):
        gateway.gateway(code)
        gateway.passes(LOST_S + 10, step_s=155)
        gateway.start()
    told = gateway.of_venues()
    gateway.gateway(is_connected=True)
    gateway.looks()

    assert [STATES["en"][code] in text for code, text in zip(("refused", "silent"), told, strict=True)] == [True, True]
    assert [" is back after " in text for text in gateway.of_venues()] == [False, False, True]


def test_a_competing_session_is_told_and_its_end_though_the_venue_stays_connected(gateway: GatewayStage) -> None:
    """Fault T21: 10197."""
    gateway.opens_account()
    gateway.gateway("competing", is_connected=True)
    gateway.passes(LOST_S + 10, step_s=155)
    gateway.start()
    gateway.passes(LOST_S + 10, step_s=155)
    gateway.gateway(is_connected=True)
    gateway.looks()
    told = gateway.of_venues()

    assert [text[0] for text in told] == ["⚠", "✔"]
    assert (
        "is connected, and something is wrong since 2026-11-27 14:30 UTC. Another session of the same user" in told[0]
    )
    assert told[1].endswith("is well again after 10 min.")


def test_every_language_says_all_words_and_none_names_a_platform() -> None:
    tables = [STATES[language] for language in WORDS]

    assert all(table.keys() == tables[0].keys() >= set(CODES) for table in tables)
    assert all(state_told(code, language, program="p", reason="r") for language in WORDS for code in CODES)
