"""Both desks with the watching beside them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from bus.messages.venues import Traded
from execution.signals_desk.around import Around
from execution.watching.desk import LOOK_S, Watching
from ledger.trading.aliases import set_alias
from ledger.trading.instruments import NewInstrument, resolve
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.watching import alerts, schedules, screeners
from ledger.trading.watching.alerts import Alert, NewAlert, list_alerts, new_alert
from ledger.trading.watching.schedules import NewSchedule, new_schedule
from ledger.trading.work import Work
from tests.execution.signals_desk.stage import BTC, KNOWN, Stage
from tests.ledger.trading.world import account, ask, do, let_in, portfolio, principal

ALICE = 102


class WatchingStage(Stage):
    """Execution without its process; time passes in seconds, with all of its turns."""

    def start(self) -> None:
        """Begin a new life of the program."""
        super().start()
        around = Around(ledger=self.ledger, link=self.link, orders=self.orders, settings=self.settings, time=self.time)
        self.watching = Watching(around)

    def turn(self, turns: int = 12) -> None:
        """Let everybody hear, answer and go on."""
        for _ in range(turns):
            super().turn(1)
            self.watching.turn()

    def looks(self, *, rounds: int = 1) -> None:
        """Let so much time pass that everything was looked at."""
        self.passes(rounds * (LOOK_S + 2))

    def costs(self, price: str | None, traded: Traded = BTC) -> None:
        """Let an instrument cost something else, or nobody know what, and let that be seen."""
        self.venue.prices.pop(traded, None)
        if price is not None:
            self.venue.prices[traded] = Decimal(price)
        self.looks()

    def instrument(self, traded: Traded = BTC) -> str:
        """Return the uid of an instrument, known by its name at the broker."""
        new = NewInstrument(
            symbol=traded.symbol,
            asset_type=traded.asset_type,
            currency=traded.currency,
            base_currency=traded.base_currency,
        )
        found = do(self.ledger, resolve, SYSTEM, new)
        alias = next(name for name, each in KNOWN.items() if each == traded)
        do(self.ledger, set_alias, SYSTEM, found.uid, broker="PAPER", alias=alias)
        return found.uid

    def alice(self) -> tuple[Principal, str]:
        """Let another trader in, with a portfolio of her own."""
        let_in(self.ledger, ALICE)
        who = principal(self.ledger, ALICE)
        return who, portfolio(self.ledger, who, account(self.ledger, who), "Hers").uid

    def watches(self, kind: Any = "PRICE", *, who: Principal | None = None, **more: Any) -> Alert:
        """Let somebody want an alert, of the default portfolio and bitcoin."""
        self.number += 1
        said = {"name": f"alert {self.number}", "portfolio": self.portfolio, **more}
        if kind in {"PRICE", "POSITION"}:
            said.setdefault("instrument", self.instrument())
        person = who or self.boss
        with self.ledger.writing() as connection:
            return new_alert(person, Work(connection, self.time.now()), NewAlert(type=kind, **said))

    def wants_at(self, cron: str, action: Any, *, who: Principal | None = None, **more: Any) -> str:
        """Let somebody want something at times."""
        self.number += 1
        new = NewSchedule(name=f"schedule {self.number}", cron=cron, action=action, **more)
        person = who or self.boss
        with self.ledger.writing() as connection:
            return new_schedule(person, Work(connection, self.time.now()), new).uid

    def switch(self, alert: Alert, *, on: bool) -> None:
        """Let its user switch an alert."""
        with self.ledger.writing() as connection:
            alerts.switch_alert(SYSTEM, Work(connection, self.time.now()), alert.uid, on=on)

    def row(self, alert: Alert) -> Alert:
        """Return an alert as it stands now."""
        return next(each for each in ask(self.ledger, list_alerts, SYSTEM) if each.uid == alert.uid)

    def bells(self) -> list[str]:
        """Return what alerts have told."""
        return [text for text in self.told() if text.startswith("🔔")]

    def runs(self, uid: str) -> datetime | None:
        """Return when a schedule last did something."""
        return next(each.last_run_at for each in ask(self.ledger, schedules.list_schedules, SYSTEM) if each.uid == uid)

    def screener(self, **config: Any) -> str:
        """Let the owner want a screener."""
        self.number += 1
        return do(self.ledger, screeners.new_screener, self.boss, f"screener {self.number}", config).uid
