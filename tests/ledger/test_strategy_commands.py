"""The owner's commands for strategies, run as the Makefile runs them, in each database."""

from pathlib import Path

import pytest

from bus.settings import read
from ledger.admin import people_commands
from ledger.settings import Settings
from ledger.trading.people.accounts import NewAccount
from ledger.trading.people.strategy_tokens import SECRET_LENGTH, token_hash
from tests.ledger.rows import rows
from tests.ledger.typed import refused, told

SAID = "The secret part of its webhook's path: "
NONE = "There are no strategies yet. Type: make add-strategy OWNER=… NAME=… …\n"


@pytest.fixture
def anns(folder: Path, each_url: str) -> Path:
    """Give a home in which Ann has an account."""
    settings = read(Settings, {"DATABASE_URL": each_url})
    people_commands.add_user(settings, "ann", 123, "trader")
    paper = NewAccount(broker="PAPER", name="main", base_currency="USD", is_live=False)
    people_commands.add_account(settings, "ann", paper)
    return folder


def secret_in(text: str) -> str:
    """Return the secret that a command printed."""
    (line,) = (line for line in text.splitlines() if line.startswith(SAID))
    return line.removeprefix(SAID)


def hashes(url: str) -> list[tuple[object, ...]]:
    """Return what is kept of secrets that are worth something."""
    return rows(url, "SELECT token_hash FROM strategies WHERE token_hash IS NOT NULL")


def table() -> list[list[str]]:
    """Return the rows of the list of strategies, without its head."""
    return [line.split(maxsplit=6) for line in told("strategies").splitlines()[1:]]


def test_a_strategy_is_made_with_a_secret_that_is_shown_once_and_kept_as_a_hash(anns: Path, each_url: str) -> None:
    made = told("add-strategy", "ann", "trend", "main", "--mode", "manual", "--params", '{"amount":"500"}')

    assert made.startswith("ann has the strategy trend for main, mode manual: each signal is asked about first.\n")
    assert len(secret_in(made)) == SECRET_LENGTH
    assert hashes(each_url) == [(token_hash(secret_in(made)),)]
    assert secret_in(made) not in told("strategies", "ann")
    assert told("strategies", "ann").splitlines() == [
        "owner  strategy  version  mode    portfolio  secret  set to",
        'ann    trend           1  manual  main       yes     {"amount": "500"}',
    ]


def test_a_strategy_is_off_where_nothing_is_said(anns: Path) -> None:
    assert told("add-strategy", "ann", "trend", "main").startswith(
        "ann has the strategy trend for main, mode off: its signals are refused.\n"
    )


def test_another_secret_makes_the_one_before_worth_nothing(anns: Path, each_url: str) -> None:
    first = secret_in(told("add-strategy", "ann", "trend", "main"))
    second = secret_in(told("strategy", "ann", "trend", "--rotate"))

    assert first != second
    assert hashes(each_url) == [(token_hash(second),)]


def test_mode_and_parameters_are_changed_together_and_the_secret_stays(anns: Path, each_url: str) -> None:
    secret = secret_in(told("add-strategy", "ann", "trend", "main"))
    changed = told("strategy", "ann", "trend", "--mode", "closing_only", "--params", '{"amount":"600"}')

    assert changed == ("trend is in force, version 2, mode closing_only: only signals that reduce a position count.\n")
    assert hashes(each_url) == [(token_hash(secret),)]
    assert table() == [["ann", "trend", "2", "closing_only", "main", "yes", '{"amount": "600"}']]


def test_one_that_is_switched_off_is_listed_and_comes_back_with_parameters_and_another_secret(
    anns: Path, each_url: str
) -> None:
    told("add-strategy", "ann", "trend", "main")
    off = told("strategy", "ann", "trend", "--off")
    without = refused("strategy", "ann", "trend", "--mode", "auto")
    shown = told("strategies")
    back = told("strategy", "ann", "trend", "--params", "{}")
    secret = secret_in(told("strategy", "ann", "trend", "--rotate"))

    assert off == "trend is switched off, and its secret worth nothing. To use it again: PARAMS=… and ROTATE=1\n"
    assert without == "trend is switched off; write PARAMS=… too, which puts it in force again"
    assert "switched off  main       no" in shown
    assert back.splitlines()[1] == "It has no secret, so no signal reaches it; write ROTATE=1 for one."
    assert hashes(each_url) == [(token_hash(secret),)]


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("an", "trend", "main"), "there is no user an; there are: ann"),
        (("ann", "trend", "mian"), "ann has no portfolio mian; there are: main"),
        (("ann", "trend", "main", "--mode", "manul"), "a mode is manual; not 'manul'"),
        (
            ("ann", "trend", "main", "--params", '{"amount":0.5}'),
            'parameters: a document cannot hold float 0.5; write amounts as text, such as "0.1"',
        ),
        (
            ("ann", "trend", "main", "--params", '{"a":"1","a":"2"}'),
            """PARAMS is no JSON (a name stands twice); write it so: PARAMS='{"amount":"500"}'""",
        ),
        (
            ("ann", "trend", "main", "--params", "[]"),
            """PARAMS are names with values; write it so: PARAMS='{"amount":"500"}'""",
        ),
    ],
)
def test_a_strategy_that_cannot_be_is_refused_with_what_to_write(
    anns: Path, each_url: str, arguments: tuple[str, ...], reason: str
) -> None:
    assert refused("add-strategy", *arguments) == reason
    assert told("strategies") == NONE


@pytest.mark.sampled(2)
@pytest.mark.parametrize("text", ["{amount:5}", "", "{", "[" * 100_000, '{"a":NaN}'])
def test_parameters_that_are_no_json_are_refused(anns: Path, text: str) -> None:
    told("add-strategy", "ann", "trend", "main")

    assert "PARAMS" in refused("strategy", "ann", "trend", "--params", text) or text == '{"a":NaN}'
    assert table()[0][2] == "1"


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("trend",), "nothing is said to change; write MODE=…, PARAMS=…, ROTATE=1 or OFF=1"),
        (("trend", "--off", "--rotate"), "OFF=1 takes the strategy out of force, so it stands alone"),
        (("tend", "--off"), "ann has no strategy tend; there are: trend"),
        (("trend", "--params", '{"a":"1"}', "--mode", "aut"), "a mode is auto; not 'aut'"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_nothing_changed(
    anns: Path, arguments: tuple[str, ...], reason: str
) -> None:
    told("add-strategy", "ann", "trend", "main")
    before = told("strategies")

    assert refused("strategy", "ann", *arguments) == reason
    assert told("strategies") == before
