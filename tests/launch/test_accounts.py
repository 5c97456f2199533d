"""Further accounts: each is told what its own file says and nothing of another one; what is wrong is said by file."""

import stat
from pathlib import Path

import pytest

from bus.settings import SettingsError
from bus.settings_change import marks, settings_of
from bus.signing import derive_key
from launch.__main__ import settings_for
from launch.account_blocks import NONE, block, write_blocks
from launch.account_keys import piped, written
from launch.accounts import check_all, own_settings
from launch.order_key import VARIABLE, key_file, order_key
from launch.programs import PROGRAMS, Program, further, named
from launch.whole_file import write_whole
from sandbox.system import ROOT

ENV = {
    "TRADING": "paper",
    "BINGX_API_KEY": "default0key0default0key",
    "BINGX_API_SECRET": "default0secret0default0secret",
    "BINGX_SUBACCOUNT_ID": "12345",
    "BINGX_DEMO": "yes",
}
OWN = {"BROKER": "bingx", "BINGX_API_KEY": "anns0key0anns0key", "BINGX_API_SECRET": "anns0secret0anns0secret"}

pytestmark = pytest.mark.usefixtures("home")


def write(name: str, values: dict[str, str]) -> Path:
    """Write the file of a further account."""
    path = Path("accounts") / f"{name}.env"
    write_whole(path, "".join(f"{each}='{value}'\n" for each, value in values.items()))
    return path


def named_new(account: str) -> Program:
    """Return the program of an account at BingX, whose file need not be there."""
    found = further("BINGX", account)
    assert found is not None
    return found


def faults() -> list[str]:
    """Return what is wrong with all files of further accounts."""
    return check_all(ENV)[0]


def test_where_there_is_no_folder_there_are_no_further_accounts() -> None:
    assert check_all(ENV) == ([], ())


def test_a_further_account_is_told_its_own_keys_and_what_all_share_and_nothing_of_the_default_one() -> None:
    write("ann", OWN)
    program = named("broker-bingx-ann")
    told = settings_for(program, own_settings(program, ENV))

    assert faults() == []
    assert told == {"TRADING": "paper"} | {name: value for name, value in OWN.items() if name != "BROKER"}


@pytest.mark.parametrize("missing", ["BINGX_API_KEY", "BINGX_API_SECRET"])
def test_a_key_that_is_missing_does_not_come_from_the_default_account(missing: str) -> None:
    write("ann", {name: value for name, value in OWN.items() if name != missing})

    with pytest.raises(SettingsError, match=f"accounts/ann.env: {missing} is missing"):
        own_settings(named("broker-bingx-ann"), ENV)


def test_a_file_without_keys_is_a_fault_and_its_program_is_not_the_default_one() -> None:
    write("ann", {"BROKER": "bingx"})

    assert faults() == ["accounts/ann.env: there are no keys in it; write them, or remove the file"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"BINGX_API_KYE": "x"}, "accounts/ann.env: BINGX_API_KYE is not a variable of this program; did you mean"),
        ({"TRADING": "live"}, "accounts/ann.env: TRADING is not a variable of this program"),
        ({"BINGX_DEMO": "maybe"}, "accounts/ann.env: BINGX_DEMO is not valid"),
        ({"BROKER": "paper"}, "accounts/ann.env: BROKER is not one that can have further accounts"),
        ({"BROKER": ""}, "accounts/ann.env: BROKER is not one that can have further accounts"),
        ({"BINGX_API_KEY": ENV["BINGX_API_KEY"]}, "accounts/ann.env: BINGX_API_KEY is in .env too"),
    ],
)
def test_what_is_wrong_is_said_by_file_and_never_by_value(changed: dict[str, str], said: str) -> None:
    write("ann", OWN | changed)
    [told] = faults()

    assert told.startswith(said)
    assert OWN["BINGX_API_SECRET"] not in told


def test_two_accounts_with_one_key_are_refused() -> None:
    write("ann", OWN)
    write("ben", OWN)

    assert faults() == [
        f"accounts/ben.env: {name} is in accounts/ann.env too; an account is served once: make a key of its own"
        for name in ("BINGX_API_KEY", "BINGX_API_SECRET")
    ]


def test_what_is_wrong_with_one_account_stops_no_other() -> None:
    write("ann", OWN)
    write("ben", {"BROKER": "nobody"})

    assert own_settings(named("broker-bingx-ann"), ENV)["BINGX_API_KEY"] == OWN["BINGX_API_KEY"]


def test_a_folder_or_file_that_others_can_read_is_refused() -> None:
    path = write("ann", OWN)
    path.chmod(0o644)
    of_file = faults()
    path.chmod(0o600)
    path.parent.chmod(0o755)

    assert of_file == ["accounts/ann.env can be read by others; type: chmod 600 accounts/ann.env"]
    assert faults() == ["accounts can be read by others; type: chmod 700 accounts"]


def test_a_program_is_known_by_its_name_once_there_is_its_file() -> None:
    with pytest.raises(KeyError):
        named("broker-bingx-ann")
    write("ann", OWN)

    assert named("broker-bingx-ann").module == "brokers.bingx"
    assert named("broker-bingx-ann").group == "broker-bingx-ann"


@pytest.mark.parametrize("name", ["", "Ann", "ann.x", "../ann", "-ann", "ann-", "a--b", "a" * 21, "ann\n"])
def test_a_name_that_cannot_be_a_program_is_none(name: str) -> None:
    assert further("BINGX", name) is None


def test_a_program_whose_settings_are_wrong_waits_for_its_own_file_and_no_others() -> None:
    write("ann", OWN)
    before, others = marks(settings_of("broker-bingx-ann")), marks(settings_of("broker-bingx"))
    write("ann", OWN | {"BINGX_DEMO": "no"})

    assert marks(settings_of("broker-bingx-ann")) != before
    assert marks(settings_of("broker-bingx")) == others


def test_a_program_that_waits_looks_again_once_a_key_is_another_one_wherever_it_stands() -> None:
    write("ann", OWN)
    write("ben", OWN)
    seen = marks(settings_of("broker-bingx-ann"))
    write("ben", OWN | {"BINGX_API_KEY": "bens0key0bens0key"})
    without_key = marks(settings_of("broker-bingx-ann"))
    write_whole(key_file(named("broker-bingx-ann")), "ab" * 32)
    hub, default = marks(settings_of("hub")), marks(settings_of("broker-bingx"))
    write_whole(key_file(named("broker-bingx")), "ab" * 32)
    write_whole(Path("keys/hub.key"), "ab" * 32)

    assert without_key != seen
    assert marks(settings_of("broker-bingx-ann")) != without_key
    assert marks(settings_of("broker-bingx")) != default
    assert marks(settings_of("hub")) != hub


def test_its_block_is_that_of_the_default_program_with_another_name_and_in_no_group() -> None:
    text = block(named_new("ann"), (ROOT / "supervisord.conf").read_text(encoding="utf-8"))

    assert "[program:broker-bingx-ann]\n" in text
    assert 'command="%(here)s/../.venv/bin/python" -m launch broker-bingx-ann\n' in text
    assert "stdout_logfile=%(here)s/../logs/broker-bingx-ann.log\n" in text
    assert "[group" not in text


def test_blocks_are_there_for_all_accounts_and_for_none_that_is_gone() -> None:
    Path("supervisord.conf").write_text((ROOT / "supervisord.conf").read_text(encoding="utf-8"), encoding="utf-8")
    path = write("ann", OWN)
    write_blocks()
    made = path.with_suffix(".conf").read_text(encoding="utf-8")
    path.unlink()
    write_blocks()

    assert "broker-bingx-ann" in made
    assert list(path.parent.iterdir()) == [path.parent / NONE]


def test_supervisord_always_finds_a_file_to_include_which_says_nothing() -> None:
    write_blocks()
    lines = (Path("accounts") / NONE).read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not line.startswith(";")] == []
    assert further("BINGX", NONE.removesuffix(".conf")) is None
    assert stat.S_IMODE(Path("accounts").stat().st_mode) == 0o700


def test_where_that_file_cannot_be_made_everything_starts_all_the_same() -> None:
    Path("accounts").touch()
    write_blocks()

    assert Path("accounts").is_file()


def test_a_file_that_somebody_else_has_made_meanwhile_is_not_overwritten() -> None:
    path = write("ann", OWN)
    before = path.read_text(encoding="utf-8")

    with pytest.raises(FileExistsError):
        write_whole(path, "BROKER=ibkr\n", is_new=True)

    assert path.read_text(encoding="utf-8") == before
    assert [each.name for each in path.parent.iterdir()] == ["ann.env"]


def test_what_is_written_is_its_owners_alone_and_reads_as_it_was() -> None:
    path = Path("accounts/ann.env")
    own = {name: value for name, value in OWN.items() if name != "BROKER"}
    write_whole(path, written(own, broker="bingx"))
    with path.open(encoding="utf-8") as stream:
        read = piped(stream)

    assert read == OWN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["ann.env"]


def test_a_broker_takes_the_key_file_that_it_was_given_before_what_a_master_key_gives() -> None:
    program, master = named_new("ann"), bytes(range(32))
    write_whole(key_file(program), derive_key(master, program.name).hex())

    assert order_key(program) == {VARIABLE: derive_key(master, "broker-bingx-ann").hex()}
    assert not Path("data/order.key").exists()


@pytest.mark.parametrize(
    ("path", "mode", "cure"), [("accounts", 0o755, "700"), ("accounts/broker-bingx.key", 0o644, "600")]
)
def test_a_key_that_was_copied_here_is_refused_where_others_can_read_it(path: str, mode: int, cure: str) -> None:
    program = named("broker-bingx")
    write_whole(key_file(program), "ab" * 32)
    Path(path).chmod(mode)

    with pytest.raises(SettingsError, match=f"^{path} can be read by others; type: chmod {cure} {path}"):
        order_key(program)


def test_further_accounts_are_in_no_table_that_documents_are_made_of() -> None:
    write("ann", OWN)

    assert "broker-bingx-ann" not in {each.name for each in PROGRAMS}
