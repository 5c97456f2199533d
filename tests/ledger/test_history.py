"""What stands for a day, in whatever order rounds are written, and what is read back of the history."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.messages.rounds import Snapshot, Total
from ledger.migrate import migrate
from ledger.portfolio import history, rounds
from ledger.portfolio.history import Day, Imported
from ledger.store import Ledger, open_ledger
from tests.ledger.rows import HOURS, SLOT, round_id, snapshot, summed

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 2, 11)
MINUTES = timedelta(minutes=1)
replace = msgspec.structs.replace


@pytest.fixture
def url(each_url: str) -> str:
    """Let every test here be one of each database."""
    return each_url


def put(ledger: Ledger, *snapshots: Snapshot, zone: ZoneInfo = PARIS) -> tuple[Day, ...]:
    """Write rounds in this order and return all days."""
    for each in snapshots:
        rounds.record(ledger, each, (), zone=zone)
    return history.days(ledger)


def imported(day: date = TODAY, usd: str = "1.00") -> Day:
    """Return a day from elsewhere."""
    return Day(day=day, usd=Decimal(usd), rub=Decimal(usd) * 90)


def stands(days: tuple[Day, ...]) -> list[tuple[str, str]]:
    """Return the hour and the mark of what stands for each day."""
    return [((day.round_id or "imported")[-6:-1], day.mark) for day in days]


def test_the_last_slot_of_a_day_stands_for_it(ledger: Ledger) -> None:
    days = put(ledger, summed(SLOT, usd="1"), summed(SLOT + HOURS, usd="2"))
    name = round_id(SLOT + HOURS)

    assert days == (Day(day=TODAY, usd=Decimal(2), rub=Decimal(200), mark="", round_id=name),)


@pytest.mark.parametrize("mark", ["≥", "ERROR"])
def test_a_total_that_is_not_whole_stands_for_no_day(ledger: Ledger, mark: str) -> None:
    assert put(ledger, summed(mark=mark)) == ()


@pytest.mark.parametrize("total", ["usd", "rub"])
def test_one_total_alone_stands_for_no_day(ledger: Ledger, total: str) -> None:
    without = msgspec.convert(msgspec.to_builtins(summed()) | {total: {"mark": ""}}, Snapshot)

    assert put(ledger, without) == ()


def test_a_round_that_was_asked_for_stands_for_no_day(ledger: Ledger) -> None:
    assert put(ledger, summed(asked="now-1")) == ()


def test_a_whole_total_is_never_replaced_by_one_with_a_last_known_value(ledger: Ledger) -> None:
    assert stands(put(ledger, summed(SLOT), summed(SLOT + HOURS, mark="≈"))) == [("09:00", "")]


def test_a_whole_total_replaces_one_with_a_last_known_value_even_of_a_later_slot(ledger: Ledger) -> None:
    assert stands(put(ledger, summed(SLOT, mark="≈"))) == [("09:00", "≈")]
    assert stands(put(ledger, summed(SLOT + 2 * HOURS, mark="≈"))) == [("11:00", "≈")]
    assert stands(put(ledger, summed(SLOT + HOURS))) == [("10:00", "")]


def test_a_round_that_is_recorded_late_does_not_replace_a_newer_one(ledger: Ledger) -> None:
    assert stands(put(ledger, summed(SLOT + HOURS), summed(SLOT))) == [("10:00", "")]


@pytest.mark.parametrize("mark", ["", "≈"])
def test_what_was_seen_here_replaces_what_was_imported(ledger: Ledger, mark: str) -> None:
    history.import_days(ledger, [imported()])

    assert stands(put(ledger, summed(mark=mark))) == [("09:00", mark)]


def test_a_day_ends_at_midnight_in_the_owners_zone(ledger: Ledger) -> None:
    midnight = datetime(2026, 2, 10, 23, 0, tzinfo=UTC)
    days = put(ledger, summed(midnight - MINUTES), summed(midnight))

    assert [day.day for day in days] == [date(2026, 2, 10), date(2026, 2, 11)]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_days_of_23_and_25_hours_are_days_like_others(ledger: Ledger, day: date) -> None:
    first, last = (datetime(day.year, day.month, day.day, hour, tzinfo=PARIS) for hour in (0, 23))
    days = put(ledger, summed(first.astimezone(UTC)), summed(last.astimezone(UTC)))

    assert [each.day for each in days] == [day]
    assert days[0].round_id == round_id(last.astimezone(UTC))


MARKS = st.sampled_from(["", "≈", "≥", "ERROR"])
SLOTS = st.lists(st.tuples(st.integers(0, 60), MARKS), min_size=1, max_size=8, unique_by=lambda slot: slot[0])


@given(slots=SLOTS, order=st.randoms(use_true_random=False), late_import=st.booleans())
def test_the_order_in_which_rounds_are_written_does_not_matter(
    empty_ledger: Path, slots: list[tuple[int, str]], order: object, *, late_import: bool
) -> None:
    told = [summed(SLOT + hours * HOURS, usd=f"{hours + 1}", mark=mark) for hours, mark in slots]
    mixed = list(told)
    order.shuffle(mixed)  # type: ignore[attr-defined]
    results = [written(empty_ledger, each, late_import=late_import) for each in (sorted(told, key=slot_of), mixed)]
    results.append(written(empty_ledger, mixed, late_import=not late_import))

    assert results[0] == results[1] == results[2]


def slot_of(snapshot: Snapshot) -> datetime:
    """Return when a round was for."""
    return snapshot.scheduled_for or snapshot.closed_at


def written(empty: Path, told: list[Snapshot], *, late_import: bool) -> tuple[Day, ...]:
    """Write rounds and an import into a new ledger, and return its days."""
    path = empty.with_name("mixed.db")
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(empty.read_bytes())
    with open_ledger(f"sqlite:///{path}") as ledger:
        if not late_import:
            history.import_days(ledger, [imported()])
        put(ledger, *told)
        if late_import:
            history.import_days(ledger, [imported()])
        return history.days(ledger)


def test_a_ledger_from_before_there_were_days_gets_those_of_its_snapshots(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    migrate(url, to="0001")
    told = [
        summed(SLOT, usd="1"),
        summed(SLOT + HOURS, usd="2"),
        summed(SLOT + 2 * HOURS, usd="3", mark="≈"),
        summed(SLOT + 14 * HOURS, usd="4", mark="≈"),  # midnight in Paris
        summed(SLOT + 40 * HOURS, usd="5", mark="≥"),
        summed(SLOT + 3 * HOURS, usd="6", asked="now-1"),
        snapshot(SLOT + 4 * HOURS),
    ]
    with open_ledger(url) as old, old.writing() as connection:
        for each in told:
            values = (each.round_id, moment(each.scheduled_for), moment(each.closed_at), *columns(each.usd))
            text = msgspec.json.encode(each).decode()
            connection.exec_driver_sql(
                "INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, 7000, ?)", (*values, *columns(each.rub), text)
            )
    migrate(url)
    with open_ledger(url) as ledger:
        counts = history.fill(ledger, PARIS), history.fill(ledger, PARIS)
        filled = history.days(ledger)

    assert counts == (2, 0)
    assert [(day.day, day.usd, day.mark) for day in filled] == [
        (TODAY, Decimal(2), ""),
        (TODAY + timedelta(days=1), Decimal(4), "≈"),
    ]


def moment(value: datetime | None) -> str | None:
    """Return a moment as SQLite keeps it."""
    return None if value is None else value.isoformat(timespec="microseconds")


def columns(total: Total) -> tuple[str | None, str]:
    """Return a total as SQLite keeps it."""
    return None if total.amount is None else f"{total.amount:f}", total.mark


def test_filling_goes_before_what_was_imported(ledger: Ledger) -> None:
    put(ledger, summed(usd="5"))
    with ledger.writing() as connection:
        connection.exec_driver_sql("DELETE FROM days")
    history.import_days(ledger, [imported(), imported(TODAY - timedelta(days=1))])
    history.fill(ledger, PARIS)

    assert stands(history.days(ledger)) == [("porte", ""), ("09:00", "")]


def test_an_import_tells_what_it_did_and_doing_it_again_changes_nothing(ledger: Ledger) -> None:
    put(ledger, summed())
    days = [imported(TODAY - timedelta(days=number), f"{number}") for number in range(4)]
    first = history.import_days(ledger, days)
    before = history.days(ledger)
    second = history.import_days(ledger, days)
    changed = history.import_days(ledger, [replace(days[3], usd=Decimal("3.5"))])

    assert first == Imported(new=3, kept_own=1)
    assert second == Imported(same=3, kept_own=1)
    assert before[:-1] == tuple(reversed(days[1:]))
    assert changed == Imported(changed=1)
    assert history.days(ledger)[0].usd == Decimal("3.5")


def test_days_are_read_oldest_first_since_one_or_so_many_of_the_newest(ledger: Ledger) -> None:
    days = tuple(imported(TODAY - timedelta(days=number)) for number in range(5, 0, -1))
    history.import_days(ledger, reversed(days))

    assert history.days(ledger) == days
    assert history.days(ledger, most=2) == days[-2:]
    assert history.days(ledger, since=days[3].day) == days[3:]
    assert history.days(ledger, since=days[1].day, most=1) == days[-1:]


def test_a_day_is_found_or_the_newest_before_it(ledger: Ledger) -> None:
    first, second = imported(TODAY - timedelta(days=9)), imported(TODAY - timedelta(days=2))
    history.import_days(ledger, [first, second])
    found = [history.day_at_or_before(ledger, TODAY - timedelta(days=number)) for number in (0, 2, 3, 9, 10)]

    assert found == [second, second, first, first, None]


def test_the_newest_snapshot_is_the_one_that_was_closed_last_whoever_asked(ledger: Ledger) -> None:
    before = history.newest_snapshot(ledger)
    put(ledger, summed(SLOT + HOURS), summed(SLOT))
    by_slot = history.newest_snapshot(ledger)
    put(ledger, summed(SLOT + 2 * HOURS, asked="now-1"))
    by_hand = history.newest_snapshot(ledger)

    assert (before, by_slot, by_hand) == (None, summed(SLOT + HOURS), summed(SLOT + 2 * HOURS, asked="now-1"))


def test_the_slot_before_a_moment_is_found_whatever_was_asked_for_between(ledger: Ledger) -> None:
    told = (summed(SLOT), summed(SLOT + HOURS, asked="now-1"), snapshot(SLOT + 2 * HOURS))
    put(ledger, *told)
    found = [history.slot_before(ledger, SLOT + hours * HOURS) for hours in (0, 1, 2, 3)]

    assert found == [None, told[0], told[0], told[2]]


def test_the_last_success_of_each_source_is_when_it_was_fetched_last(ledger: Ledger) -> None:
    none = history.last_success(ledger)
    put(ledger, summed(SLOT + HOURS), summed(SLOT))
    fetched = SLOT + HOURS + timedelta(seconds=3, microseconds=123_456)

    assert none == {}
    assert history.last_success(ledger) == {"okx": fetched, "fx": SLOT + HOURS}
