"""The FX collector against the three pretend sources."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest

from bus import reasons
from bus.settings import SettingsError, read
from collectors.errors import Busy, Denied
from collectors.fx import Fx, Settings
from collectors.source import Deadline, Source
from sandbox.control.client import Sandbox
from tests.collectors.contracts.case import Case
from tests.collectors.contracts.contract import CollectorContract
from tests.collectors.contracts.subject import Calls
from tests.collectors.rates import ENOUGH_S, RATE, SOURCES, Clock, asked, everywhere, settings


class TestFx(CollectorContract):
    services: ClassVar = SOURCES
    amount: ClassVar = RATE
    currency: ClassVar = ""
    secrets: ClassVar = ()
    can_be_negative: ClassVar = False
    precise: ClassVar = "92.123456789012345678"
    bad_amounts: ClassVar = (*CollectorContract.bad_amounts, "0", "-92.32", "19.99", "500.01")
    busy: ClassVar = (
        Case("", reasons.RATE_LIMITED, kind="status", more={"status": 429}),
        Case("", reasons.RATE_LIMITED, 9, kind="status", more={"status": 429, "headers": {"Retry-After": "9"}}),
        Case("", reasons.MAINTENANCE, kind="status", more={"status": 503}),
    )

    def build(self, addresses: dict[str, str], folder: Path) -> Source:
        return Fx(settings(addresses), folder=folder)

    def set_amount(self, sandbox: Sandbox, text: str | None) -> None:
        for name, field in (("cbr", "usd"), ("frankfurter", "rub"), ("erapi", "rub")):
            sandbox.set_state(name, **{field: text is not None})
        if text is not None:
            literal = text if text.replace(".", "").replace("-", "").isdecimal() else json.dumps(text)
            sandbox.set_state("cbr", rate=text)
            sandbox.set_state("frankfurter", rate=literal)
            sandbox.set_state("erapi", rate=literal)

    def forbidden(self, source: Source) -> Calls:
        assert isinstance(source, Fx)
        return tuple(partial(each.session.post, each._url, json={}) for each in source.providers.values())

    def test_a_second_fetch_sees_a_change(self, source: Source, sandbox: Sandbox) -> None:
        """Not before FX_TTL_MINUTES have passed: until then, nobody is asked."""
        source.fetch(Deadline(ENOUGH_S))
        self.set_amount(sandbox, "77.25")
        before = asked(sandbox)

        reading = source.fetch(Deadline(ENOUGH_S))

        assert self.amount_of(reading) == RATE
        assert asked(sandbox) == before

    def test_after_a_broken_connection_the_next_fetch_works(self, source: Source, sandbox: Sandbox) -> None:
        """The first fetch is the one that fails; with a rate in hand it would not ask."""
        self.fault(sandbox, "reset")
        self.fails(source)
        for service in self.services:
            sandbox.clear(service)

        reading = source.fetch(Deadline(ENOUGH_S))

        assert self.amount_of(reading) == RATE


# --- whom to ask


def test_the_bank_of_russia_is_asked_first_and_the_next_one_compared(
    make_fx: Callable[..., Fx], sandbox: Sandbox
) -> None:
    reading = make_fx().fetch(Deadline(ENOUGH_S))

    assert (reading.source, reading.unconfirmed, reading.stale) == ("CBR", False, False)
    assert asked(sandbox) == [1, 1, 0]


@pytest.mark.parametrize(
    ("down", "source", "rate"),
    [(["cbr"], "FRANKFURTER", RATE), (["cbr", "frankfurter"], "ERAPI", Decimal("92.30"))],
)
@pytest.mark.parametrize("kind", ["refuse", "html", "empty", "garbage", "truncated", "redirect"])
def test_the_next_source_steps_in(
    make_fx: Callable[..., Fx], sandbox: Sandbox, down: list[str], source: str, rate: Decimal, kind: str
) -> None:
    """Fault 48: one source down."""
    for name in down:
        sandbox.fault(name, kind)

    reading = make_fx().fetch(Deadline(ENOUGH_S))

    assert (reading.source, reading.rate) == (source, rate)


def test_a_silent_source_leaves_time_for_the_next(make_fx: Callable[..., Fx], sandbox: Sandbox) -> None:
    sandbox.fault("cbr", "hang")

    reading = make_fx().fetch(Deadline(1.5))

    assert reading.source == "FRANKFURTER"


@pytest.mark.parametrize("status", [200, 403])
def test_the_page_for_browsers_is_not_a_rate(make_fx: Callable[..., Fx], sandbox: Sandbox, status: int) -> None:
    sandbox.fault("cbr", "ddos", status=status)

    assert make_fx().fetch(Deadline(ENOUGH_S)).source == "FRANKFURTER"


@pytest.mark.parametrize("rate", ["19.9", "500.1", "0", "-92"])
def test_a_rate_out_of_bounds_is_refused_and_the_next_source_asked(
    make_fx: Callable[..., Fx], sandbox: Sandbox, rate: str
) -> None:
    """Fault 48: an absurd one."""
    sandbox.set_state("cbr", rate=rate)

    assert make_fx().fetch(Deadline(ENOUGH_S)).source == "FRANKFURTER"


@pytest.mark.parametrize(
    ("provider", "source"), [("CBR", "CBR"), ("FRANKFURTER", "FRANKFURTER"), ("ERAPI", "ERAPI"), ("ECB", "CBR")]
)
def test_the_owner_says_whom_to_ask_first(make_fx: Callable[..., Fx], provider: str, source: str) -> None:
    assert make_fx(FX_PROVIDER=provider).fetch(Deadline(ENOUGH_S)).source == source


def test_why_the_ecb_is_not_asked_is_logged_once(make_fx: Callable[..., Fx], caplog: pytest.LogCaptureFixture) -> None:
    fx = make_fx(FX_PROVIDER="ECB")
    fx.fetch(Deadline(ENOUGH_S))

    assert caplog.text.count("FX_PROVIDER=ECB means CBR") == 1


def test_when_all_fail_and_one_only_has_no_time_it_is_worth_asking_again(
    make_fx: Callable[..., Fx], sandbox: Sandbox
) -> None:
    sandbox.fault("cbr", "ddos", status=200)
    sandbox.fault("frankfurter", "html", status=403)
    sandbox.fault("erapi", "refuse")

    with pytest.raises(Busy, match=reasons.UNREACHABLE):
        make_fx().fetch(Deadline(ENOUGH_S))


def test_when_all_fail_the_first_sources_reason_is_told(make_fx: Callable[..., Fx], sandbox: Sandbox) -> None:
    sandbox.fault("cbr", "html", status=503)
    sandbox.fault("frankfurter", "code", code="404")
    sandbox.fault("erapi", "code", code="quota-reached")

    with pytest.raises(Busy, match=reasons.MAINTENANCE):
        make_fx().fetch(Deadline(ENOUGH_S))


def test_a_nominal_divides_the_value(make_fx: Callable[..., Fx], sandbox: Sandbox) -> None:
    sandbox.set_state("cbr", nominal=100, vunit_rate="exponent")

    reading = make_fx().fetch(Deadline(ENOUGH_S))

    assert (reading.source, reading.rate) == ("CBR", RATE)


def test_a_blocked_address_is_the_wrong_region(make_fx: Callable[..., Fx], sandbox: Sandbox) -> None:
    everywhere(sandbox, "html", status=403)

    with pytest.raises(Denied, match=reasons.WRONG_REGION):
        make_fx().fetch(Deadline(ENOUGH_S))


# --- two sources


@pytest.mark.parametrize(
    ("second", "unconfirmed"), [("94.16", False), ("94.17", True), ("90.48", False), ("90.47", True)]
)
def test_two_sources_more_than_two_percent_apart_are_unconfirmed(
    make_fx: Callable[..., Fx], sandbox: Sandbox, second: str, unconfirmed: bool
) -> None:
    """Fault 48: one that jumped."""
    sandbox.set_state("frankfurter", rate=second)

    reading = make_fx().fetch(Deadline(ENOUGH_S))

    assert (reading.rate, reading.unconfirmed) == (RATE, unconfirmed)


def test_what_the_second_source_said_is_told_over_a_restart_too(make_fx: Callable[..., Fx], sandbox: Sandbox) -> None:
    sandbox.set_state("frankfurter", rate="92.41")
    first = make_fx().fetch(Deadline(ENOUGH_S))
    second = make_fx().fetch(Deadline(ENOUGH_S))

    assert (first.second_source, first.second_rate) == ("FRANKFURTER", Decimal("92.41"))
    assert second == first


def test_the_last_of_all_sources_is_compared_with_nobody(make_fx: Callable[..., Fx], sandbox: Sandbox) -> None:
    for name in ("cbr", "frankfurter"):
        sandbox.fault(name, "refuse")

    reading = make_fx().fetch(Deadline(ENOUGH_S))

    assert (reading.source, reading.second_source, reading.second_rate) == ("ERAPI", "", None)


def test_a_second_source_that_fails_forgets_what_it_said_before(
    make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock
) -> None:
    fx = make_fx()
    fx.fetch(Deadline(ENOUGH_S))
    sandbox.fault("frankfurter", "refuse")
    fx_clock.advance(hours=2)

    reading = fx.fetch(Deadline(ENOUGH_S))

    assert (reading.source, reading.second_source, reading.second_rate) == ("CBR", "", None)


def test_a_memory_of_an_older_version_is_read(make_fx: Callable[..., Fx], tmp_path: Path, sandbox: Sandbox) -> None:
    first = make_fx().fetch(Deadline(ENOUGH_S))
    kept = json.loads((tmp_path / "fx.json").read_bytes())
    (tmp_path / "fx.json").write_text(json.dumps({key: kept[key] for key in kept if not key.startswith("second")}))
    before = asked(sandbox)

    second = make_fx().fetch(Deadline(ENOUGH_S))

    assert asked(sandbox) == before
    assert (second.rate, second.second_rate) == (first.rate, None)


@pytest.mark.parametrize("kind", ["refuse", "html", "garbage"])
def test_a_missing_second_source_is_no_error(make_fx: Callable[..., Fx], sandbox: Sandbox, kind: str) -> None:
    sandbox.fault("frankfurter", kind)

    reading = make_fx().fetch(Deadline(ENOUGH_S))

    assert (reading.source, reading.unconfirmed) == ("CBR", False)


def test_a_silent_second_source_cannot_spend_the_rounds_time(make_fx: Callable[..., Fx], sandbox: Sandbox) -> None:
    sandbox.fault("frankfurter", "hang")
    deadline = Deadline(1.0)

    reading = make_fx().fetch(deadline)

    assert reading.rate == RATE
    assert deadline.left_s() > 0.2


# --- how long


def test_a_rate_is_used_until_its_time_is_over(make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock) -> None:
    fx = make_fx(FX_TTL_MINUTES="30")
    first = fx.fetch(Deadline(ENOUGH_S))
    fx_clock.advance(minutes=29)
    second = fx.fetch(Deadline(ENOUGH_S))
    before = asked(sandbox)
    fx_clock.advance(minutes=2)

    third = fx.fetch(Deadline(ENOUGH_S))

    assert before == [1, 1, 0]
    assert first == second
    assert third.fetched_at - first.fetched_at == timedelta(minutes=31)


def test_a_restart_does_not_ask_again(make_fx: Callable[..., Fx], sandbox: Sandbox) -> None:
    first = make_fx().fetch(Deadline(ENOUGH_S))

    second = make_fx().fetch(Deadline(ENOUGH_S))

    assert second == first
    assert asked(sandbox) == [1, 1, 0]


def test_another_first_source_is_asked_at_once(make_fx: Callable[..., Fx]) -> None:
    make_fx().fetch(Deadline(ENOUGH_S))

    assert make_fx(FX_PROVIDER="ERAPI").fetch(Deadline(ENOUGH_S)).source == "ERAPI"


def test_preparing_renews_the_rate_before_a_round_finds_it_old(
    make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock
) -> None:
    fx = make_fx()
    pause_s = fx.prefetch(Deadline(ENOUGH_S))
    fx_clock.advance(seconds=pause_s)
    fx.prefetch(Deadline(ENOUGH_S))
    before = asked(sandbox)
    fx_clock.advance(minutes=50)

    fx.fetch(Deadline(ENOUGH_S))

    assert 50 * 60 < pause_s < 60 * 60
    assert before == asked(sandbox) == [2, 2, 0]


def test_preparing_too_early_asks_nobody(make_fx: Callable[..., Fx], sandbox: Sandbox) -> None:
    fx = make_fx()
    fx.prefetch(Deadline(ENOUGH_S))

    fx.prefetch(Deadline(ENOUGH_S))

    assert asked(sandbox) == [1, 1, 0]


def test_when_nobody_answers_the_last_rate_is_stale(
    make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock
) -> None:
    """Fault 48: all sources down."""
    fx = make_fx()
    first = fx.fetch(Deadline(ENOUGH_S))
    everywhere(sandbox, "refuse")
    fx_clock.advance(hours=23, minutes=59)

    reading = fx.fetch(Deadline(ENOUGH_S))

    assert reading.stale
    assert (reading.rate, reading.fetched_at) == (first.rate, first.fetched_at)


def test_a_rate_older_than_the_owner_allows_is_none(
    make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock
) -> None:
    """Fault 48: down for too long."""
    fx = make_fx(LAST_KNOWN_MAX_AGE_HOURS="2")
    fx.fetch(Deadline(ENOUGH_S))
    everywhere(sandbox, "refuse")
    fx_clock.advance(hours=2)

    with pytest.raises(Busy, match=reasons.UNREACHABLE):
        fx.fetch(Deadline(ENOUGH_S))


def test_a_clock_set_back_makes_the_rate_be_asked_again(
    make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock
) -> None:
    fx = make_fx()
    fx.fetch(Deadline(ENOUGH_S))
    fx_clock.advance(hours=-3)

    fx.fetch(Deadline(ENOUGH_S))

    assert asked(sandbox)[0] == 2


def test_a_memory_that_cannot_be_read_is_no_memory(make_fx: Callable[..., Fx], tmp_path: Path) -> None:
    (tmp_path / "fx.json").write_bytes(b'{"rate": "not')

    assert make_fx().fetch(Deadline(ENOUGH_S)).rate == RATE


# --- settings


@pytest.mark.parametrize(
    "variables",
    [
        {"FX_PROVIDER": "cbr.ru"},
        {"FX_TTL_MINUTES": "0"},
        {"FX_TTL_MINUTES": "1441"},
        {"CBR_BASE_URL": "http://www.cbr.ru"},
        {"LAST_KNOWN_MAX_AGE_HOURS": "-1"},
    ],
)
def test_a_wrong_setting_is_named(variables: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(variables))):
        read(Settings, variables)
