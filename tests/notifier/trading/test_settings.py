"""`/settings`, `/risk` and what users choose for themselves: to the letter, from the books, and whatever is typed."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bus.language import Language
from ledger.trading.enumerations import Level, NoticeKind
from ledger.trading.flow import balances
from ledger.trading.flow.records import NewBalance
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.breaches import NewBreach, record
from ledger.trading.risk.limits import LIMITS, Limits
from ledger.trading.risk.policies import NewPolicy, set_policy
from ledger.trading.tables.people import users
from ledger.trading.tables.records import audit_log
from ledger.trading.tables.risk import risk_policies
from notifier.texts.line_wrap import fitted
from notifier.texts.trading_limits import WORDS as LIMIT_WORDS
from notifier.texts.trading_risk import WORDS as RISK_WORDS
from notifier.texts.trading_settings import WORDS
from notifier.trading.limit_commands import LimitCommands
from notifier.trading.limit_values import COMMANDS, SETTERS
from notifier.trading.settings_commands import SettingsCommands
from tests.ledger.trading.world import ALICE, MALLORY, VERA, rows, write_order
from tests.notifier.golden_texts import LANGUAGES, check_limits, golden_file, in_one
from tests.notifier.trading import settings_page_cases
from tests.notifier.trading.in_process import Chat
from tests.notifier.trading.stage import GROUP, Stage
from tests.running import flat

CHOSEN = {"language", "timezone", "notifications_json"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_its_golden_text(language: Language) -> None:
    said = settings_page_cases.cases(language)

    assert in_one(said) == golden_file("trading_settings", language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_fits_a_phone_and_a_message(language: Language) -> None:
    for title, page in settings_page_cases.cases(language).items():
        check_limits(page)
        is_page = title.startswith(("settings", "risk"))
        assert not is_page or fitted(page).count("\n") - page.count("\n") <= 8, title  # names and reasons may be long


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_the_same(language: Language) -> None:
    assert WORDS[language].kinds.keys() == set(get_args(NoticeKind))
    assert WORDS[language].levels.keys() == set(get_args(Level))
    assert LIMIT_WORDS[language].labels.keys() == set(Limits.__struct_fields__)
    assert LIMIT_WORDS[language].meanings.keys() == COMMANDS.keys()
    assert LIMIT_WORDS[language].sources.keys() == LIMIT_WORDS["en"].sources.keys()
    assert RISK_WORDS[language].actions.keys() == RISK_WORDS["en"].actions.keys()


def set_limits(
    stage: Stage, scope_type: Any = "PORTFOLIO", scope: str = "", *, name: str = LIMITS, **config: Any
) -> None:
    """Set limits, as the settings or a terminal do."""
    new = NewPolicy(scope_type=scope_type, scope=scope or stage.main.uid, name=name, config=config)
    stage.do(lambda work: set_policy(SYSTEM, work, new))


def test_settings_tell_all_limits_with_where_each_comes_from_and_how_the_asker_is_spoken_to(stage: Stage) -> None:
    set_limits(stage, max_daily_loss="500", reserve="50", max_daily_buys=9)
    set_limits(stage, "USER", stage.main.user, name="careful", max_daily_buys=3)
    with stage.notifier():
        stage.answer("/set_max_loss 400")
        stage.answer("/set_budget trend 70")
        stage.answer("/notify filled silent")
        told = flat(stage.answer("/settings").text)
        other = flat(stage.answer("/settings", by=MALLORY).text)
        viewer = flat(stage.answer("/settings", by=VERA).text)

    assert told.startswith("Settings: Main (paper) Paper, PAPER Limits Buy amount: not set /set_amount ⚠ Positions")
    assert "Loss of a day: 400.00 USD /set_max_loss · this portfolio" in told
    assert "Cash reserve: 50.00 USD /set_reserve · .env at first" in told
    assert "Openings a day: 3 /set_max_daily · the machine" in told
    assert "Until it is set, nothing is opened." in told
    assert "Strategies trend: auto Budget: 70.00 USD" in told
    assert "Language: English /language" in told
    assert told.endswith("Notices: filled silent /notify")
    assert [other, viewer] == ["there is no portfolio of yours yet; make an account and a portfolio first"] * 2


def test_risk_tells_what_is_used_of_each_limit_and_what_was_broken(stage: Stage) -> None:
    set_limits(stage, max_invested="10", max_daily_buys=4, max_open_positions=2, reserve="100")
    write_order(stage.harness.ledger, stage.main.uid)
    now = datetime.now(UTC)
    figure = NewBalance(currency="USDT", cash=Decimal(5000), equity=Decimal(5000), as_of=now)
    stage.do(lambda work: balances.record(SYSTEM, work, stage.main.account, [figure]))
    new = NewBreach(portfolio=stage.main.uid, code="MAX_INVESTED", observed={"limit": "10"}, action="BLOCKED")
    stage.do(lambda work: record(SYSTEM, work, new))
    with stage.notifier():
        told = flat(stage.answer("/risk").text)
        named = flat(stage.answer("/risk main").text)
        none = flat(stage.answer("/risk other").text)
        theirs = [flat(stage.answer(text, by=MALLORY).text) for text in ("/risk", "/risk Main")]

    assert told.startswith("Risk: Main (paper, USD) Used now Invested: 1,001.00 of 10.00 (10010 %)")
    assert "Positions: 1 of 2 (50 %)" in told
    assert "Openings a day: 1 of 4 (25 %)" in told
    assert "MAX_INVESTED blocked: limit 10" in told
    assert "limits (.env at first)" in told
    assert named == told
    assert none == "there is no portfolio other"
    assert theirs[0].startswith("there is no portfolio of yours yet")
    assert theirs[1] == "there is no portfolio Main"


def test_a_language_is_chosen_and_answers_are_in_it_at_once(stage: Stage) -> None:
    with stage.notifier():
        shown = flat(stage.answer("/language", by=VERA).text)
        chosen = [stage.answer(f"/language {each}", by=VERA).text for each in ("ru", "English", "RU")]
        russian = flat(stage.answer("/notify", by=VERA, chat=GROUP).text)
        wrong = flat(stage.answer("/language fr", by=VERA).text)

    assert shown == "Language: English To change: /language en English, /language ru Русский, /language de Deutsch"
    assert chosen == [
        "С этого момента: Язык: Русский",
        "From now on: Language: English",
        "С этого момента: Язык: Русский",
    ]
    assert russian.startswith("Сообщения refused on отказы по сигналам")
    assert wrong == "язык: en, ru, de; не 'fr'"


def test_a_zone_is_chosen_by_its_name_however_it_is_written(stage: Stage) -> None:
    with stage.notifier():
        chosen = [flat(stage.answer(f"/timezone {each}").text) for each in ("Asia/Tokyo", "america/new york")]
        shown = flat(stage.answer("/timezone").text)
        wrong = flat(stage.answer("/timezone Mars/Base").text)

    assert [each[:-7] for each in chosen] == [
        "From now on: Time zone: Asia/Tokyo",
        "From now on: Time zone: America/New_York",
    ]
    assert shown.startswith("Time zone: America/New_York, ")
    assert wrong == "there is no time zone 'Mars/Base'; write it like Europe/Berlin"


def test_notices_are_chosen_by_kind(stage: Stage) -> None:
    with stage.notifier():
        done = flat(stage.answer("/notify Filled OFF").text)
        shown = stage.answer("/notify").text
        wrong = [flat(stage.answer(f"/notify {each}").text) for each in ("fill off", "filled loud", "filled")]

    assert done == "From now on: filled off – orders filled, not sent"
    assert "filled off\n  orders filled" in shown
    assert wrong[0] == "a kind of message is filled; not 'fill'"
    assert wrong[1].startswith("a message is ")
    assert "To change: /notify KIND on|silent|off" in wrong[2]


TYPED = st.text(max_size=40) | st.decimals().map(str) | st.sampled_from(["Europe/Berlin", "ru", "filled off", "off"])


@pytest.mark.sampled(4)
@pytest.mark.parametrize("command", ["language", "timezone", "notify", *SETTERS])
@given(text=TYPED)
@example(text="\0 \ud800".encode("utf-8", "ignore").decode())
@example(text="../../etc/passwd")
@example(text="trend NaN")
@example(text="trend " + "9" * 400)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
def test_whatever_is_typed_is_answered_and_what_is_refused_changes_no_row(
    stage: Stage, command: str, text: str
) -> None:
    chat = Chat(stage.harness.ledger, ALICE)
    typed = {**SettingsCommands(chat.desk).typed(), **LimitCommands(chat.desk).typed()}
    before = state(stage)
    told = chat.say(typed[command], command, text)
    after = state(stage)

    assert told
    assert after[0] - before[0] == (after[1] != before[1])  # each change is one row of the audit log
    setter = SETTERS.get(command)
    assert after == before or setter is None or not isinstance(setter.read("".join(text.split()[-1:])), str)


def state(stage: Stage) -> tuple[int, str]:
    """Return how long the audit log is, and what users have chosen, with the policies."""
    ledger = stage.harness.ledger
    chosen = [{name: each[name] for name in CHOSEN} for each in rows(ledger, users)]
    return len(rows(ledger, audit_log)), f"{chosen} {rows(ledger, risk_policies)}"
