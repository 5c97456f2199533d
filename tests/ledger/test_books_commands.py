"""The owner's commands for the books of trading, run as the Makefile runs them, in each database."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bus.settings import read
from ledger.admin import books_commands, people_commands
from ledger.admin.commands import Refused
from ledger.settings import Settings
from ledger.store import open_ledger
from ledger.trading.people import users
from ledger.trading.people.accounts import NewAccount
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from tests.ledger import env_file
from tests.ledger.rows import rows
from tests.ledger.typed import refused, told

HEAD = "exec_time,symbol,asset_type,currency,base_currency,side,quantity,price,broker_trade_id,fee,fee_currency"
FILLS = (
    "2026-03-02T14:30:05Z,AAPL,EQUITY,USD,,BUY,10,187.20,1001,1,USD",
    "2026-03-02T15:10:00Z,AAPL,EQUITY,USD,,BUY,5,188.40,1002,1,USD",
    "2026-03-03T16:00:00+01:00,AAPL,EQUITY,USD,,SELL,8,191.05,1003,1,USD",
    "2026-03-03T18:20:00Z,BTC-USDT,CRYPTO,USDT,BTC,BUY,0.05,65000,1004,3.25,USDT",
)
FILE = Path("fills.csv")
TAKEN = "there is an account main already, perhaps among the archived; take another name"
BROKERS = ("BINANCE", "BINGX", "BYBIT", "IBKR", "OKX", "PAPER", "TBANK")


@pytest.fixture
def traded(folder: Path, each_url: str) -> Path:
    """Give a home in whose books Ann has bought and sold."""
    settings = read(Settings, {"DATABASE_URL": each_url})
    people_commands.add_user(settings, "ann", 123, "trader")
    paper = NewAccount(broker="PAPER", name="main", base_currency="USD", is_live=False)
    people_commands.add_account(settings, "ann", paper)
    write(FILLS)
    books_commands.import_trades(settings, FILE, "ann", "main")
    return folder


def write(lines: Sequence[str]) -> None:
    """Write a file of executions."""
    FILE.write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")


def meddle(url: str, *statements: str) -> None:
    """Change the ledger past all code of ours."""
    with open_ledger(url) as ledger, ledger.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_from_nothing_to_positions(home: Path, bare_url: str) -> None:
    env_file.write(f"DATABASE_URL={bare_url}", chat=env_file.GROUP)
    write(FILLS)

    assert told("users") == "There are no users yet. Type: make add-user NAME=… TELEGRAM_ID=…\n"
    assert told("positions") == "Nothing is held.\n"
    assert told("pnl") == "No executions.\n"
    assert told("add-user", "ann", "123", "--role", "trader") == (
        "ann is in, as trader. Next: make add-account OWNER=ann NAME=… BROKER=PAPER\n"
    )
    assert told("add-account", "ann", "main", "paper", "--currency", "usd") == (
        "ann has the paper account main at PAPER, with a portfolio main.\n"
    )
    assert told("add-portfolio", "ann", "main", "coins") == "ann has the portfolio coins in main.\n"
    assert told("import-trades", "fills.csv", "ann", "main") == (
        "4 executions read: 4 new, 0 were in the books already.\n"
    )
    assert told("positions", "ann").splitlines() == [
        "owner  portfolio  symbol    strategy  quantity  average    cost  realized",
        "ann    main       AAPL      -                7    187.6  1313.2      27.6  USD",
        "ann    main       BTC-USDT  -             0.05    65000    3250         0  USDT",
    ]
    assert told("verify-books") == (
        "Positions and orders are what their executions say, and every audit chain is whole.\n"
    )
    assert told("verify-audit") == "Every audit chain is whole.\n"


def test_users_are_listed_with_what_is_theirs(traded: Path) -> None:
    told("add-portfolio", "ann", "main", "coins")
    told("add-account", "ann", "real", "BYBIT", "--live", "--number", "77", "--currency", "USDT")
    told("add-user", "bob", "7", "--role", "viewer")

    assert told("users").splitlines() == [
        "ann: trader, active, Telegram 123",
        "  main: PAPER, USD, paper; portfolios: main, coins",
        "  real: BYBIT, USDT, live; portfolios: real",
        "bob: viewer, active, Telegram 7",
    ]


def test_a_user_said_twice_is_one_and_no_name_or_number_stands_for_two(folder: Path) -> None:
    first, again = (told("add-user", "ann", "123") for _ in range(2))

    assert first == again
    assert refused("add-user", "ann", "456") == "Telegram 123 is ann here already; write both so, or neither"
    assert refused("add-user", "bob", "123") == "Telegram 123 is ann here already; write both so, or neither"
    assert refused("add-user", "ann", "123", "--role", "viewer").startswith("ann is in already, as trader")
    assert refused("add-user", "bob", "-100").startswith("-100 is no user's number at Telegram")
    assert told("users") == "ann: trader, active, Telegram 123\n"


def test_two_who_came_from_the_chat_with_one_name_are_told_apart_by_their_numbers(folder: Path, each_url: str) -> None:
    with open_ledger(each_url) as ledger, ledger.writing() as connection:
        for number in (5, 6):
            work = Work(connection, datetime.now(UTC))
            users.approve(SYSTEM, work, users.request(work, number, "sam").user.uid, "trader")

    assert refused("add-account", "sam", "main", "PAPER") == (
        "there are several users sam; name one by the number in Telegram: 5, 6"
    )
    assert told("add-account", "6", "main", "PAPER").startswith("sam has the paper account main")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("positions an", "there is no user an; there are: ann"),
        ("add-account ann two KRAKEN", f"there is no broker KRAKEN; there are: {', '.join(BROKERS)}"),
        (
            "add-account ann main PAPER",
            "there is an account main already, perhaps among the archived; take another name",
        ),
        ("add-portfolio ann mian two", "ann has no account mian; there are: main"),
        ("import-trades fills.csv ann mian", "ann has no portfolio mian; there are: main"),
        ("import-trades fils.csv ann main", "fils.csv cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_name_is_told_with_the_right_ones(traded: Path, arguments: str, reason: str) -> None:
    assert refused(*arguments.split()) == reason


@pytest.mark.parametrize("days", ["0", "-1", "99999999"])
def test_days_that_are_none_are_refused(folder: Path, days: str) -> None:
    assert refused("pnl", "--days", days) == f"DAYS is 1 to 36500, not {days}"


def test_a_file_taken_in_again_changes_nothing(traded: Path, each_url: str) -> None:
    before = rows(each_url, "SELECT id, quantity, cost, updated_at FROM positions ORDER BY id")
    again = told("import-trades", "fills.csv", "ann", "main")

    assert again == "4 executions read: 0 new, 4 were in the books already.\n"
    assert rows(each_url, "SELECT id, quantity, cost, updated_at FROM positions ORDER BY id") == before


def test_the_order_of_the_lines_does_not_matter(traded: Path) -> None:
    before = told("positions")
    told("add-account", "ann", "other", "PAPER")
    write(FILLS[::-1])
    told("import-trades", "fills.csv", "ann", "other")
    _, *lines = told("positions").splitlines()
    of_other = [line.replace("other    ", "main     ") for line in lines if " other " in line]

    assert [line.split() for line in of_other] == [line.split() for line in before.splitlines()[1:]]


def test_a_byte_order_mark_and_windows_line_ends_are_read(traded: Path) -> None:
    FILE.write_bytes(b"\xef\xbb\xbf" + FILE.read_bytes().replace(b"\n", b"\r\n"))

    assert told("import-trades", "fills.csv", "ann", "main").startswith("4 executions read: 0 new")


def test_a_file_that_is_cut_or_wrong_is_refused_as_a_whole_with_its_lines(traded: Path) -> None:
    more = [line.replace(",100", ",200") for line in FILLS]
    write(more)
    FILE.write_bytes(FILE.read_bytes()[:-40])
    cut = refused("import-trades", "fills.csv", "ann", "main")
    write([*more[:2], more[2].replace("SELL", "SOLD"), more[3].replace("CRYPTO", "COIN")])
    wrong = refused("import-trades", "fills.csv", "ann", "main")
    FILE.write_bytes("цена\n".encode("cp1251"))
    no_text = refused("import-trades", "fills.csv", "ann", "main")

    assert cut.splitlines()[:2] == ["fills.csv cannot be imported:", "line 5: it has 3 cells, the first line has 11"]
    assert wrong.splitlines() == [
        "fills.csv cannot be imported:",
        "line 4: side is 'SOLD'; write one of BUY, SELL",
        "line 5: asset_type is 'COIN'; write one of CRYPTO, EQUITY, FUTURE, FOREX, ETF",
    ]
    assert no_text == "fills.csv is no UTF-8 text"
    assert told("positions").count("\n") == 3


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            FILLS[0].replace(",10,", ",11,"),
            "execution 1001 is in the books with other numbers; a correction has its own",
        ),
        (
            FILLS[0].replace("AAPL", "MSFT"),
            "execution 1001 is in the books of another portfolio or instrument",
        ),
        (
            FILLS[3].replace("1004", "1005").replace("USDT,BTC", "USD,BTC"),
            "BTC-USDT is in the books as priced in USDT, not USD; another instrument needs a name",
        ),
        (
            FILLS[0].replace("1001", "1005").replace(",10,", ",-10,"),
            "execution 1005 has quantity -10; it is above zero, and the side says whose way",
        ),
        (
            FILLS[0].replace("1001", "1005").removesuffix("USD"),
            "execution 1005 has a fee without a currency, or a currency without a fee",
        ),
        (
            FILLS[3].replace("1004", "1005").replace("BTC-USDT", "ETH-USDT").replace(",BTC,", ",,"),
            "ETH-USDT is a pair; name what is bought too, not only that it costs USDT",
        ),
    ],
)
def test_a_line_that_contradicts_the_books_is_named_and_nothing_is_taken_in(
    traded: Path, each_url: str, line: str, reason: str
) -> None:
    write([FILLS[1].replace("1002", "2002"), line])

    with pytest.raises(Refused) as caught:
        books_commands.import_trades(read(Settings, {"DATABASE_URL": each_url}), FILE, "ann", "main")

    assert str(caught.value) == (
        f"line 3: {reason}\nOf fills.csv nothing is in; mend the line and import the file again"
    )
    assert rows(each_url, "SELECT count(*) FROM trades") == [(4,)]


def test_a_strategy_that_is_not_there_is_told_with_those_that_are(traded: Path) -> None:
    FILE.write_text(f"{HEAD},strategy\n{FILLS[0]},trend\n", encoding="utf-8")

    assert refused("import-trades", "fills.csv", "ann", "main").startswith(
        "line 2: there is no strategy trend; there are: none\n"
    )


def test_a_thousand_lines_are_taken_in_up_to_the_part_with_a_wrong_one_and_then_all(traded: Path) -> None:
    begun = datetime(2026, 1, 5, tzinfo=UTC)
    lines = [
        f"{begun + timedelta(minutes=number):%Y-%m-%dT%H:%MZ},MSFT,EQUITY,USD,,BUY,{number % 9 + 1},400.5,m{number},,"
        for number in range(1000)
    ]
    write([*lines[:700], FILLS[0].replace(",10,", ",11,"), *lines[701:]])
    wrong = refused("import-trades", "fills.csv", "ann", "main")
    write(lines)
    right = told("import-trades", "fills.csv", "ann", "main")

    assert wrong.splitlines() == [
        "line 702: execution 1001 is in the books with other numbers; a correction has its own",
        "Of fills.csv what stands before line 602 is in; mend the line and import the file again",
    ]
    assert right == "1000 executions read: 400 new, 600 were in the books already.\n"
    assert told("verify-books").startswith("Positions and orders are what their executions say")


def test_profit_is_told_by_symbol_and_in_all_and_currencies_are_never_added(traded: Path) -> None:
    days = str((datetime.now(UTC) - datetime(2026, 3, 1, tzinfo=UTC)).days + 1)

    assert told("pnl", "ann", "--days", days).splitlines() == [
        "symbol    strategy  executions  gross        fees",
        "AAPL      -                  3   27.6  USD   3 USD",
        "BTC-USDT  -                  1      0  USDT  3.25 USDT",
        "Gross: 27.6 USD, 0 USDT",
        "Fees: 3 USD, 3.25 USDT",
        "Net: 24.6 USD, -3.25 USDT",
    ]


def test_a_fee_that_nobody_has_said_yet_is_told_beside_the_net(traded: Path) -> None:
    write(["2026-03-05T15:00:00Z,AAPL,EQUITY,USD,,BUY,1,190,9001,,"])
    told("import-trades", "fills.csv", "ann", "main")

    said = told("pnl", "ann", "--days", "36500")

    assert "The fees of 1 executions are not known yet; the net is without them." in said


def test_one_users_books_are_theirs_alone_also_an_admins_and_a_blocked_ones(traded: Path, each_url: str) -> None:
    told("add-user", "eve", "9", "--role", "admin")
    held = told("positions", "ann")
    with open_ledger(each_url) as ledger, ledger.writing() as connection:
        (ann, _) = users.list_users(SYSTEM, connection)
        users.block(SYSTEM, Work(connection, datetime.now(UTC)), ann.uid)

    assert told("positions", "eve") == "Nothing is held.\n"
    assert told("pnl", "eve", "--days", "36500") == "No executions.\n"
    assert told("positions", "ann") == held == told("positions")


def test_one_byte_of_an_audit_row_is_noticed_and_the_row_named(traded: Path, each_url: str) -> None:
    meddle(
        each_url,
        "UPDATE audit_log SET action = 'executee' WHERE chain = 'account:1' AND sequence = 3",
    )
    said = "audit row 3 of account:1: it was changed"

    assert refused("verify-audit") == said
    assert refused("verify-books") == said


def test_a_position_that_is_not_what_its_executions_say_is_named_with_both_numbers(traded: Path, each_url: str) -> None:
    ((uid,),) = rows(each_url, "SELECT uid FROM positions WHERE quantity = '7'")
    meddle(each_url, f"UPDATE positions SET quantity = '8' WHERE uid = '{uid}'")

    assert refused("verify-books").splitlines() == [
        "1 positions differ from their executions",
        f"position {uid}: quantity is 8, not 7",
    ]


def test_a_command_without_what_it_needs_says_what_to_type(folder: Path) -> None:
    for arguments in ("add-user", "add-account", "import-trades"):
        assert f"usage: python -m launch ledger {arguments} " in told(arguments, code=2)
