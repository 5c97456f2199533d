"""Several machines in `.env`: what runs here, what elsewhere, and what is refused with what to write."""

import os
import stat
from pathlib import Path

import msgspec
import pytest

from bus import bus_key
from bus.settings import SettingsError
from bus.signing import derive_key
from launch import keys
from launch.check import check, configured
from launch.hub_key import hub_key
from launch.machines import this_machine
from launch.order_key import FILE, order_key
from launch.programs import named
from launch.whole_file import write_whole
from tests.launch.test_check import RIGHT, told, write_env
from tests.running import running

pytestmark = pytest.mark.usefixtures("home")

SECRET = bus_key.new_secret()
BEYOND = {
    "MACHINE": "b",
    "HUB_HOST": "10.0.0.1",
    "HUB_PUBLIC": bus_key.public_of(bus_key.new_secret()),
    "MACHINE_KEY": SECRET,
    "RUNS_HERE": "bybit",
    "BYBIT_API_KEY": "Bybit0s3cret",
    "BYBIT_API_SECRET": "Bybit1s3cret",
}


def without(*names: str, **more: str) -> dict[str, str]:
    """Return right values of a machine beyond the hub's, without some and with others."""
    return {name: value for name, value in BEYOND.items() if name not in names} | more


def test_one_machine_runs_everything_and_its_programs_are_told_nothing_of_machines() -> None:
    machine = this_machine(RIGHT)

    assert machine.not_here == ()
    assert machine.environment() == machine.link() == {}
    assert configured(RIGHT).where == ""


def test_what_runs_elsewhere_needs_no_keys_here_and_stays_in_the_message() -> None:
    values = {name: value for name, value in RIGHT.items() if not name.startswith("BYBIT_")}

    found = configured(values | {"RUNS_ELSEWHERE": "bybit, broker-paper"})

    assert "bybit" in [platform.name for platform in found.platforms]
    assert found.elsewhere == ("broker-paper", "bybit")
    assert "on others: broker-paper, bybit" in found.where


def test_a_machine_beyond_the_hubs_needs_the_settings_of_what_it_runs_alone() -> None:
    assert told(BEYOND) == []
    found = check()

    assert [platform.name for platform in found.platforms] == ["bybit"]
    assert {"hub", "clock", "notifier", "aggregator"} <= set(found.elsewhere)
    assert found.where.startswith("machine b: the hub is at 10.0.0.1:5570; here run: sentinel, bybit;")


@pytest.mark.parametrize(
    ("values", "cure"),
    [
        (without("MACHINE_KEY"), "MACHINE_KEY is missing, and HUB_HOST is set; on the hub's machine type: make keys"),
        (without("HUB_PUBLIC"), "HUB_PUBLIC is missing, and HUB_HOST is set"),
        (without("MACHINE"), "MACHINE is missing, and HUB_HOST is set"),
        (without("RUNS_HERE"), "RUNS_HERE is missing, and HUB_HOST is set"),
        (without(RUNS_HERE="bybit,hub"), "RUNS_HERE names the hub, and HUB_HOST says that it is on another machine"),
        (without(RUNS_HERE="bibyt"), "RUNS_HERE names a program that there is not; did you mean bybit?"),
        (without(RUNS_ELSEWHERE="bybit"), "bybit is in RUNS_HERE and in RUNS_ELSEWHERE; keep one"),
        (without(HUB_LISTEN="10.0.0.2"), "HUB_HOST and HUB_LISTEN are both set"),
        (without(MACHINE="B 1"), "MACHINE is not valid"),
        (without(HUB_PUBLIC="abc"), "HUB_PUBLIC is not valid"),
        (without(MACHINE_KEY="abc"), "MACHINE_KEY is not valid"),
        (without(HUB_SECRET_KEY=SECRET), "HUB_SECRET_KEY is not a variable of this program"),
        (RIGHT | {"HUB_LISTEN": "10.0.0.1"}, "HUB_LISTEN is set, and the hub has no key; type: make keys"),
        (RIGHT | {"HUB_LISTEN": "tcp://*"}, "HUB_LISTEN is not valid"),
        (RIGHT | {"HUB_LISTEN": "10.0.0.256"}, "HUB_LISTEN is not valid"),
        (without(RUNS_HERE="execution", TRADING="paper"), "DATABASE_URL must be PostgreSQL's: execution runs here"),
        (
            without(RUNS_HERE="notifier", DATABASE_URL="sqlite:///data/x.db"),
            "DATABASE_URL must be PostgreSQL's: notifier runs here",
        ),
        (without(RUNS_HERE="webhook", TRADING="paper"), "INBOX_DATABASE_URL must be PostgreSQL's: webhook runs here"),
        (without("HUB_HOST"), "HUB_HOST is missing, and MACHINE_KEY is set; write where the hub is, or on the hub's"),
    ],
)
def test_what_cannot_be_is_told_with_what_to_write(values: dict[str, str], cure: str) -> None:
    lines = told(values)

    assert any(line.startswith(cure) for line in lines), lines
    assert not any(SECRET in line for line in lines)


def test_what_opens_a_database_may_run_beyond_the_hub_where_that_is_postgresqls() -> None:
    shared = {"DATABASE_URL": "postgresql://bot@10.0.0.1/bot", "INBOX_DATABASE_URL": "postgresql://hook@10.0.0.1/inbox"}
    parts = {"DATABASE_HOST": "10.0.0.1", "DATABASE_NAME": "bot", "DATABASE_USER": "bot"}

    assert this_machine(without(RUNS_HERE="execution,webhook", TRADING="paper") | shared).not_here
    assert this_machine(without(RUNS_HERE="execution", TRADING="paper") | parts).not_here
    assert this_machine(without(RUNS_HERE="bybit,execution", TRADING="off")).not_here


def test_a_program_that_runs_elsewhere_leaves_as_one_that_is_not_configured(home: Path) -> None:
    write_env(RIGHT | {"RUNS_ELSEWHERE": "bybit"})
    with running(home, "-m", "launch", "bybit") as child:
        code = child.code()

    assert code == 3
    assert 'event="runs on another machine" program=bybit' in child.text()


def test_keys_are_made_once_let_a_machine_in_and_shut_it_out() -> None:
    write_env(RIGHT | {"HUB_LISTEN": "10.0.0.1"})
    keys.add("b", runs="bybit,broker-paper")
    first = Path("keys/for-b.env").read_text()
    keys.add("b")
    values = dict(line.split("=", 1) for line in first.splitlines())

    assert Path("keys/for-b.env").read_text() == first
    assert values["HUB_PUBLIC"] == bus_key.public_of(Path("keys/hub.key").read_text().strip())
    assert Path("keys/clients/b.pub").read_text().strip() == bus_key.public_of(values["MACHINE_KEY"])
    assert (values["HUB_HOST"], values["MACHINE"], values["RUNS_HERE"]) == ("10.0.0.1", "b", "bybit,broker-paper")
    assert told(RIGHT | {"HUB_LISTEN": "10.0.0.1"}) == []

    keys.remove("b")

    assert not Path("keys/clients/b.pub").exists()
    assert not Path("keys/for-b.env").exists()
    with pytest.raises(SettingsError, match="There is no machine b on the list; there are: none"):
        keys.remove("b")


def test_keys_are_made_on_the_machine_with_the_hub_alone() -> None:
    write_env(BEYOND)

    with pytest.raises(SettingsError, match=r"The hub is at 10\.0\.0\.1"):
        keys.add("c")
    assert not Path("keys").exists()


def test_a_file_that_cannot_be_read_is_not_taken_for_none_and_no_keys_are_made() -> None:
    write_env(BEYOND)
    with Path(".env").open("a", encoding="utf-8") as env:
        env.write("a line that is no assignment\n")

    with pytest.raises(SettingsError, match="not an assignment"):
        keys.add("c")
    assert not Path("keys").exists()


def test_who_lets_a_machine_in_is_told_what_leaves_this_one_and_what_stays_on_both() -> None:
    write_env(RIGHT | {"HUB_LISTEN": "10.0.0.1", "RUNS_ELSEWHERE": "fx"})
    moved = keys.add("b", runs="bybit,fx,execution")
    both = keys.add("c", runs="execution,webhook")

    assert "Here, write RUNS_ELSEWHERE=fx,bybit into .env; then: make restart" in moved
    assert any(line.startswith("execution may run on both;") for line in moved)
    assert any(line.startswith("execution, webhook may run on both;") for line in both)
    assert not any(line.startswith("Here, write") for line in both)


@pytest.mark.parametrize("listen", [{}, {"HUB_LISTEN": "0.0.0.0"}])
def test_where_it_is_not_known_at_which_address_the_hub_is_reached_that_is_to_be_written(
    listen: dict[str, str],
) -> None:
    write_env(RIGHT | listen)
    lines = keys.add("b", runs="fx")

    assert "Write into HUB_HOST there at which address it reaches this machine" in lines
    assert "HUB_HOST=\n" in Path("keys/for-b.env").read_text()


def test_the_key_of_a_further_account_is_made_by_its_own_command_and_nobody_is_let_in_before() -> None:
    with pytest.raises(SettingsError, match="make account NAME=ann BROKER=bingx ELSEWHERE=1"):
        keys.add("b", runs="broker-bingx-ann")
    with pytest.raises(SettingsError, match="bibyt is not a program; there are"):
        keys.add("b", runs="bibyt")
    assert not list(Path("keys/clients").iterdir())


def test_what_is_made_is_for_its_owner_alone_and_what_is_open_is_refused() -> None:
    keys.add("b", runs="bybit")
    everything = [Path("keys"), *Path("keys").rglob("*")]

    assert [path for path in everything if stat.S_IMODE(path.stat().st_mode) & 0o077] == []

    values = RIGHT | {"HUB_LISTEN": "10.0.0.1"}
    Path("keys/hub.key").chmod(0o644)
    assert told(values) == ["keys/hub.key can be read by others; type: chmod 600 keys/hub.key"]

    Path("keys/hub.key").chmod(0o600)
    Path("keys").chmod(0o755)
    assert told(values) == ["keys can be read by others; type: chmod 700 keys"]


def test_a_broker_beyond_signs_with_the_key_that_the_hubs_machine_has_made_for_it() -> None:
    keys.add("b", runs="broker-paper,execution")
    master = bytes.fromhex(FILE.read_text())
    values = dict(line.split("=", 1) for line in Path("keys/for-b.env").read_text().splitlines())
    machine = this_machine(values | {"HUB_HOST": "10.0.0.1"})
    FILE.unlink()

    assert order_key(named("broker-paper"), machine=machine) == {"ORDER_KEY": derive_key(master, "broker-paper").hex()}
    assert order_key(named("execution"), machine=machine) == {"ORDER_KEY": master.hex()}
    assert not FILE.exists()
    with pytest.raises(SettingsError, match="ORDER_KEYS has no key for broker-bingx; on the hub's machine type"):
        order_key(named("broker-bingx"), machine=machine)


def test_keys_of_orders_that_are_missing_beyond_the_hub_are_told_before_the_start_and_none_is_made() -> None:
    trading = {"TRADING": "paper", "RUNS_HERE": "bybit,broker-paper"}
    keys_of_orders = {"ORDER_KEYS": f"broker-paper:{'ab' * 32}"}
    write_whole(
        Path("accounts/ann.env"), "BROKER=bingx\nBINGX_API_KEY=anns0key0anns0key\nBINGX_API_SECRET=anns0secret0anns\n"
    )

    assert told(BEYOND) == []
    assert told(BEYOND | trading)[0].startswith("ORDER_KEYS has no key for broker-paper; on the hub's machine type:")
    assert told(BEYOND | trading | keys_of_orders)[0].startswith("accounts/broker-bingx-ann.key is missing; on the hub")
    write_whole(Path("accounts/broker-bingx-ann.key"), "cd" * 32)
    assert told(BEYOND | trading | keys_of_orders) == []
    assert not Path("data").exists()


def test_the_hubs_key_goes_to_the_hub_alone_and_the_machines_to_no_settings() -> None:
    keys.add("")
    machine = this_machine({"HUB_LISTEN": "10.0.0.1"})
    beyond = this_machine(BEYOND)

    assert hub_key(named("hub"), machine) == {"HUB_SECRET_KEY": Path("keys/hub.key").read_text().strip()}
    assert hub_key(named("clock"), machine) == {}
    assert beyond.link()["machine_key"] == SECRET
    assert SECRET not in msgspec.json.encode(beyond.environment()).decode()
    assert SECRET not in os.environ.values()
