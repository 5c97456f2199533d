"""FX: roubles for one US dollar, from the Bank of Russia, else from Frankfurter, else from ExchangeRate-API.

Follows cbr.ru/development/SXML, frankfurter.dev (version 2) and exchangerate-api.com/docs/free, all read 2026-11.

Quirks: without a date the Bank of Russia answers with tomorrow's rate from the afternoon on, so Moscow's today is asked
for, and again once its next day has begun. It has no quota: within a day a rate is used for FX_TTL_MINUTES, over
restarts too, and renewed ahead. The ECB has no rouble since March 2022. Two sources are compared; one alone will do.
"""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from bus import reasons
from bus.log import logger
from bus.process import run
from bus.settings import BaseUrl, take
from bus.sources import FX
from collectors import state_file
from collectors.errors import Busy, Malformed, PlatformError
from collectors.loop import collect
from collectors.source import Deadline, RateReading
from collectors.wire.fx import Quote, read_cbr, read_erapi, read_frankfurter

if TYPE_CHECKING:
    import requests

MOSCOW = ZoneInfo("Europe/Moscow")
ORDER = ("CBR", "FRANKFURTER", "ERAPI")
CBR, FRANKFURTER, ERAPI = "https://www.cbr.ru", "https://api.frankfurter.dev", "https://open.er-api.com"
FRANKFURTER_WEBSITES = ("frankfurter.dev", "www.frankfurter.dev", "frankfurter.app", "www.frankfurter.app")
ERAPI_WEBSITES = ("exchangerate-api.com", "www.exchangerate-api.com", "er-api.com")
MOST_APART = Decimal("0.02")
SECOND_SOURCE_S = 2.0  # a round without a fresh rate waits no longer for the comparison; a prefetch has more time
LONGEST_LEAD_S = 300.0
OLD_DAYS, OLD_DAYS_NEW_YEAR = 5, 12
AHEAD_DAYS = 4

log = logger(__name__)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the FX collector reads from the environment."""

    fx_provider: Annotated[
        Literal["CBR", "FRANKFURTER", "ERAPI", "ECB"],
        Meta(description="CBR, FRANKFURTER, ERAPI or ECB: whom to ask first for USD/RUB; ECB means CBR"),
    ] = "CBR"
    fx_ttl_minutes: Annotated[
        int,
        Meta(
            ge=1,
            le=1440,
            description="1 to 1440: for how many minutes a rate is used before it is asked again, within Moscow's day",
        ),
    ] = 60
    last_known_max_age_hours: Annotated[
        float, Meta(ge=0, le=720, description="hours for which a last known number may stand in, 0 to 720")
    ] = 24
    cbr_base_url: Annotated[
        BaseUrl,
        Meta(description="the Bank of Russia's host", extra={"instead": {"cbr.ru": CBR}, "no_path": True}),
    ] = CBR
    frankfurter_base_url: Annotated[
        BaseUrl,
        Meta(
            description="Frankfurter's host",
            extra={"instead": dict.fromkeys(FRANKFURTER_WEBSITES, FRANKFURTER), "no_path": True},
        ),
    ] = FRANKFURTER
    erapi_base_url: Annotated[
        BaseUrl,
        Meta(
            description="ExchangeRate-API's open host",
            extra={"instead": dict.fromkeys(ERAPI_WEBSITES, ERAPI), "no_path": True},
        ),
    ] = ERAPI


class SavedRate(msgspec.Struct, kw_only=True):
    """The last rate, its source and the one that it was compared with; `asked_first` is FX_PROVIDER at that time."""

    asked_first: str = ""
    source: str = ""
    rate: Decimal | None = None
    valid_for: date | None = None
    fetched_at: datetime | None = None
    unconfirmed: bool = False
    second_source: str = ""
    second_rate: Decimal | None = None


class Provider:
    """One source: where it is, what to ask, and how to read the answer."""

    def __init__(self, base_url: str, path: str, read: Callable[[bytes], Quote]) -> None:
        """Build its client; nothing is asked yet.

        Args:
            base_url: Scheme and host.
            path: The one path that may be asked for.
            read: Reads the whole body of an answer.
        """
        # Imported late: requests costs 15 MB, and the launcher imports this module only for its Settings.
        from collectors.egress.requests_session import USER_AGENT, RequestsGate, open_session

        self._url = base_url.rstrip("/") + path
        self._read = read
        self.gate = RequestsGate(base_url, (("GET", path),))
        self.session: requests.Session = open_session(self.gate)
        self.session.headers["User-Agent"] = USER_AGENT

    def ask(self, parameters: dict[str, str], deadline: Deadline) -> Quote:
        """Return its rate.

        Args:
            parameters: The query.

        Raises:
            PlatformError: No rate could be read; nothing else is raised.
        """
        from collectors.egress.requests_session import get  # late, as in the constructor

        self.gate.deadline = deadline
        return self._read(get(self.session, self._url, parameters))


def _utc() -> datetime:
    """Return the present moment, aware UTC."""
    return datetime.now(UTC)


class Fx:
    """The last rate, and the sources to renew it from."""

    def __init__(
        self, settings: Settings, *, folder: Path = state_file.FOLDER, now: Callable[[], datetime] = _utc
    ) -> None:
        """Build the clients and recall the last rate; nothing is asked yet.

        Args:
            folder: Where state files are.
        """
        self._first = "CBR" if settings.fx_provider == "ECB" else settings.fx_provider
        if settings.fx_provider == "ECB":
            log.warning("FX_PROVIDER=ECB means CBR: no rouble from the ECB since March 2022")
        self._order = (self._first, *(name for name in ORDER if name != self._first))
        self.providers = {
            "CBR": Provider(settings.cbr_base_url, "/scripts/XML_daily.asp", read_cbr),
            "FRANKFURTER": Provider(settings.frankfurter_base_url, "/v2/rates", read_frankfurter),
            "ERAPI": Provider(settings.erapi_base_url, "/v6/latest/USD", read_erapi),
        }
        self._ttl_s = settings.fx_ttl_minutes * 60.0
        self._oldest_s = settings.last_known_max_age_hours * 3600.0
        self._folder = folder
        self._now = now
        self._kept = state_file.load_state(FX, SavedRate, folder=folder)

    def fetch(self, deadline: Deadline) -> RateReading:
        """Return the rate in hand while it is fresh, else a new one, else the last one marked stale."""
        if self._fresh_for_s() > 0:
            return self._reading()
        try:
            self._renew(deadline, second_source_s=SECOND_SOURCE_S)
        except PlatformError as error:
            if not 0 <= self._age_s() < self._oldest_s:
                raise
            log.warning("no source answers, the last rate stands in", reason=error.reason, code=error.code)
            return self._reading(stale=self._time_left_s() <= 0)
        return self._reading()

    def prefetch(self, deadline: Deadline) -> float:
        """Renew the rate shortly before it expires; return the seconds until it is time again."""
        lead_s = min(LONGEST_LEAD_S, self._ttl_s / 4)
        if self._fresh_for_s() <= lead_s:
            self._renew(deadline, second_source_s=deadline.left_s() / 2)
        return max(1.0, min(self._fresh_for_s() - lead_s, self._day_left_s()))

    def _age_s(self) -> float:
        """Return the age of the rate in hand; negative without one, and when the clock was set back."""
        fetched_at = self._kept.fetched_at
        return (self._now() - fetched_at).total_seconds() if fetched_at is not None else -1.0

    def _time_left_s(self) -> float:
        """Return the seconds until the rate in hand is as old as FX_TTL_MINUTES allows; 0 or less when it is."""
        age_s = self._age_s()
        return self._ttl_s - age_s if age_s >= 0 else 0.0

    def _fresh_for_s(self) -> float:
        """Return for how many seconds the rate in hand will do; for none once Moscow's day of its fetching is over."""
        fetched_at = self._kept.fetched_at
        same_day = fetched_at is not None and _moscows_day(fetched_at) == self._today()
        return self._time_left_s() if same_day and self._kept.asked_first == self._first else 0.0

    def _day_left_s(self) -> float:
        """Return the seconds until Moscow's next day begins."""
        tomorrow = datetime.combine(self._today() + timedelta(days=1), time.min, MOSCOW)
        return (tomorrow - self._now()).total_seconds()

    def _reading(self, *, stale: bool = False) -> RateReading:
        """Return the rate in hand; stale if the caller says so, or if its day is longer ago than holidays explain."""
        kept = self._kept
        if kept.rate is None or kept.valid_for is None or kept.fetched_at is None:
            raise Busy(reasons.BAD_ANSWER, code="no rate kept")
        today = self._today()
        new_year = today.month == 1 and today.day <= OLD_DAYS_NEW_YEAR
        oldest = timedelta(days=OLD_DAYS_NEW_YEAR if new_year else OLD_DAYS)
        return RateReading(
            rate=kept.rate,
            source=kept.source,
            valid_for=kept.valid_for,
            fetched_at=kept.fetched_at,
            stale=stale or today - kept.valid_for > oldest,
            unconfirmed=kept.unconfirmed,
            second_source=kept.second_source,
            second_rate=kept.second_rate,
        )

    def _renew(self, deadline: Deadline, *, second_source_s: float) -> None:
        """Ask one source after the other, each within its share of the time, and compare with the next one.

        Raises:
            PlatformError: Nobody has a rate; the first Busy, since then it is worth asking again, else the first error.
        """
        errors: list[PlatformError] = []
        for position, name in enumerate(self._order):
            share = Deadline(deadline.left_s() / (len(self._order) - position))
            try:
                quote = self._ask(name, share)
            except PlatformError as error:
                log.info("source failed", source=name, reason=error.reason, code=error.code)
                errors.append(error)
                continue
            second = next(iter(self._order[position + 1 :]), "")
            time_left = Deadline(min(second_source_s, deadline.left_s() / 2))
            self._keep(name, quote, second=second, other=self._second_quote(second, time_left) if second else None)
            return
        raise next((error for error in errors if isinstance(error, Busy)), errors[0]) from None

    def _second_quote(self, second: str, deadline: Deadline) -> Quote | None:
        """Return what the next source says; None when it says nothing, which is no error."""
        try:
            return self._ask(second, deadline)
        except PlatformError as error:
            log.info("second source failed", source=second, reason=error.reason, code=error.code)
            return None

    def _ask(self, name: str, deadline: Deadline) -> Quote:
        """Return what one source says; a rate of a day too far ahead is malformed."""
        parameters = {
            "CBR": {"date_req": f"{self._today():%d/%m/%Y}"},
            "FRANKFURTER": {"base": "USD", "quotes": "RUB", "providers": "CBR"},
        }
        quote = self.providers[name].ask(parameters.get(name, {}), deadline)
        if quote.valid_for > self._today() + timedelta(days=AHEAD_DAYS):
            raise Malformed(reasons.BAD_ANSWER, code="rate date in the future")
        return quote

    def _keep(self, source: str, quote: Quote, *, second: str, other: Quote | None) -> None:
        """Keep a rate, in the state file too, and whether the second source is more than MOST_APART away."""
        unconfirmed = other is not None and abs(other.rate - quote.rate) > quote.rate * MOST_APART
        if other is not None and unconfirmed:
            log.warning("two sources differ", first=quote.rate, second=other.rate, second_source=second)
        self._kept = SavedRate(
            asked_first=self._first,
            source=source,
            rate=quote.rate,
            valid_for=quote.valid_for,
            fetched_at=self._now(),
            unconfirmed=unconfirmed,
            second_source=second if other is not None else "",
            second_rate=other.rate if other is not None else None,
        )
        state_file.save_state(FX, self._kept, folder=self._folder)
        log.info("rate renewed", source=source, valid_for=quote.valid_for, unconfirmed=unconfirmed)

    def _today(self) -> date:
        """Return the present day in Moscow."""
        return _moscows_day(self._now())


def _moscows_day(at: datetime) -> date:
    """Return the day that a moment belongs to in Moscow."""
    return at.astimezone(MOSCOW).date()


def main() -> None:
    """Run the collector."""
    collect(FX, Fx(take(Settings, os.environ)))


if __name__ == "__main__":
    run(main, name=FX)
