"""The pretend T-Invest over its REST face, asked with requests as the product asks it."""

import uuid
from collections.abc import Mapping
from decimal import Decimal

import pytest
import requests

from sandbox.control.client import Sandbox
from sandbox.tbank.service import REFUSALS, TOKEN, TRANSPORT

ACCOUNTS = "UsersService/GetAccounts"
PORTFOLIO = "OperationsService/GetPortfolio"
BROKER = "2000123456"


def url(sandbox: Sandbox, method: str, prefix: str = "/rest/tinkoff.public.invest.api.contract.v1.") -> str:
    return f"{sandbox.addresses['tbank']}{prefix}{method}"


def ask(sandbox: Sandbox, method: str, **body: str) -> requests.Response:
    authorised = {"Authorization": f"Bearer {TOKEN}"}
    return requests.post(url(sandbox, method), json=body, headers=authorised, timeout=5)


def portfolio(sandbox: Sandbox, account_id: str = BROKER, **more: str) -> requests.Response:
    return ask(sandbox, PORTFOLIO, accountId=account_id, **more)


def amount(money: Mapping[str, object]) -> Decimal:
    units, nano = money["units"], money["nano"]

    assert isinstance(units, str)
    assert isinstance(nano, int)
    return int(units) + Decimal(nano) / 10**9


def an_account(**changed: object) -> dict[str, object]:
    return {"id": BROKER, "total": {"units": "1"}} | changed


def test_the_open_accounts_add_up_to_the_seed(sandbox: Sandbox) -> None:
    listed = ask(sandbox, ACCOUNTS, status="ACCOUNT_STATUS_OPEN").json()["accounts"]
    totals = [portfolio(sandbox, account["id"]).json()["totalAmountPortfolio"] for account in listed]

    assert len(listed) == 2
    assert sum(map(amount, totals)) == 1_234_567
    assert {total["currency"] for total in totals} == {"rub"}


def test_accounts_are_listed_with_the_closed_ones(sandbox: Sandbox) -> None:
    listed = ask(sandbox, ACCOUNTS).json()["accounts"]

    assert listed[0] == {
        "id": BROKER,
        "type": "ACCOUNT_TYPE_TINKOFF",
        "name": "Брокерский счёт",
        "status": "ACCOUNT_STATUS_OPEN",
        "openedDate": "2020-07-15T00:00:00Z",
        "closedDate": "1970-01-01T00:00:00Z",
        "accessLevel": "ACCOUNT_ACCESS_LEVEL_READ_ONLY",
    }
    assert [account["type"] for account in listed] == [
        "ACCOUNT_TYPE_TINKOFF",
        "ACCOUNT_TYPE_TINKOFF_IIS",
        "ACCOUNT_TYPE_TINKOFF",
    ]
    assert listed[2]["status"] == "ACCOUNT_STATUS_CLOSED"
    assert listed[2]["closedDate"] > "2000"


def test_a_portfolio_is_the_sum_of_its_parts_and_positions(sandbox: Sandbox) -> None:
    row = portfolio(sandbox, currency="RUB").json()
    parts = [amount(row[f"totalAmount{name}"]) for name in ("Shares", "Bonds", "Etf", "Currencies", "Futures")]
    worth = [amount(line["quantity"]) * amount(line["currentPrice"]) for line in row["positions"]]

    assert row["accountId"] == BROKER
    assert amount(row["totalAmountPortfolio"]) == sum(parts) == sum(worth) == 1_034_567


def test_a_portfolio_can_be_asked_for_in_dollars(sandbox: Sandbox) -> None:
    total = portfolio(sandbox, currency="USD").json()["totalAmountPortfolio"]

    assert total["currency"] == "usd"
    assert abs(amount(total) * Decimal("92.32") - 1_034_567) < Decimal("0.01")


def test_the_person_behind_the_token_can_be_asked_for(sandbox: Sandbox) -> None:
    assert ask(sandbox, "UsersService/GetInfo").json()["tariff"] == "investor"


@pytest.mark.parametrize(
    "total",
    [
        {"units": "-0", "nano": -500_000_000},
        {"units": "0", "nano": -1},
        {"units": "-12", "nano": -340_000_000},
        {"units": "9223372036854775807", "nano": 999_999_999},
        {"units": "", "nano": 0},
    ],
)
def test_any_total_goes_to_the_wire_as_it_is_set(sandbox: Sandbox, total: dict[str, object]) -> None:
    sandbox.set_state("tbank", accounts=[an_account(total=total)])

    assert portfolio(sandbox).json()["totalAmountPortfolio"] == {"currency": "rub", **total}


def test_amounts_can_be_missing_or_null(sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", accounts=[an_account(total=None)], nulled=["nano"])
    row = portfolio(sandbox).json()

    assert "totalAmountPortfolio" not in row
    assert row["totalAmountShares"] == {"currency": "rub", "units": "0", "nano": None}


def test_an_empty_account_has_zeros_and_no_positions(sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", accounts=[an_account(total={"units": "0"})])
    row = portfolio(sandbox).json()

    assert amount(row["totalAmountPortfolio"]) == 0
    assert row["positions"] == []


@pytest.mark.parametrize(
    ("account", "status", "description"),
    [
        ({"status": "CLOSED"}, 400, "30081"),
        ({"access": "NO_ACCESS"}, 403, "40002"),
        ({"kind": "INVEST_BOX"}, 404, "50004"),
        ({"failure": "30082"}, 400, "30082"),
        ({"failure": "70001"}, 500, "70001"),
    ],
)
def test_one_account_can_fail_while_others_answer(
    sandbox: Sandbox, account: dict[str, str], status: int, description: str
) -> None:
    sandbox.set_state("tbank", accounts=[an_account(**account), an_account(id="2")])
    refused = portfolio(sandbox)

    assert refused.status_code == status
    assert refused.json() == {
        "code": REFUSALS[description][1],
        "message": REFUSALS[description][2],
        "description": description,
    }
    assert portfolio(sandbox, "2").status_code == 200


def test_digital_assets_have_a_total_of_their_own(sandbox: Sandbox) -> None:
    assets = {"units": "250", "nano": 250_000_000}
    sandbox.set_state("tbank", accounts=[an_account(kind="DFA", total=None, dfa=assets)])

    answer = portfolio(sandbox).json()

    assert amount(answer["totalAmountDfa"]) == Decimal("250.25")
    assert "totalAmountPortfolio" not in answer
    assert ask(sandbox, ACCOUNTS).json()["accounts"][0]["type"] == "ACCOUNT_TYPE_DFA"


def test_zeros_can_be_left_out_as_proto3_allows(sandbox: Sandbox) -> None:
    empty = an_account(kind="UNSPECIFIED", name="", total={"units": "0", "nano": 0})
    sandbox.set_state("tbank", accounts=[empty], zeros_omitted=True)

    [listed], answer = ask(sandbox, ACCOUNTS).json()["accounts"], portfolio(sandbox).json()

    assert "type" not in listed
    assert "name" not in listed
    assert listed["status"] == "ACCOUNT_STATUS_OPEN"
    assert answer["totalAmountPortfolio"] == {"currency": "rub"}
    assert "positions" not in answer


def test_an_unknown_account_is_not_found_and_a_missing_one_is_asked_for(sandbox: Sandbox) -> None:
    assert portfolio(sandbox, "404").json() == {"code": 5, "message": "Account not found", "description": "50004"}
    assert ask(sandbox, PORTFOLIO).json()["description"] == "30021"


@pytest.mark.parametrize(("access", "status"), [("READ_ONLY", 403), ("FULL_ACCESS", 200)])
def test_an_order_is_refused_to_a_reading_token_alone(sandbox: Sandbox, access: str, status: int) -> None:
    sandbox.set_state("tbank", accounts=[an_account(access=access)])
    answer = ask(sandbox, "OrdersService/PostOrder", accountId=BROKER, quantity="1")

    assert answer.status_code == status
    assert ask(sandbox, ACCOUNTS).json()["accounts"][0]["accessLevel"] == f"ACCOUNT_ACCESS_LEVEL_{access}"
    assert sum("PostOrder" in seen.path for seen in sandbox.requests("tbank")) == 1


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer t.another"}, {"Authorization": TOKEN}])
def test_a_missing_or_unknown_token_is_one_error(sandbox: Sandbox, headers: dict[str, str]) -> None:
    answer = requests.post(url(sandbox, ACCOUNTS), json={}, headers=headers, timeout=5)

    assert answer.status_code == 401
    assert answer.json() == {
        "code": 16,
        "message": "Authentication token is missing or invalid",
        "description": "40003",
    }


def test_the_token_has_the_real_shape(sandbox: Sandbox) -> None:
    assert TOKEN.startswith("t.")
    assert len(TOKEN) == 88


def test_the_path_has_to_be_whole(sandbox: Sandbox) -> None:
    authorised = {"Authorization": f"Bearer {TOKEN}"}
    for prefix in ("/tinkoff.public.invest.api.contract.v1.", "/rest/"):
        answer = requests.post(url(sandbox, ACCOUNTS, prefix), json={}, headers=authorised, timeout=5)

        assert answer.status_code == 404


def test_only_post_is_served(sandbox: Sandbox) -> None:
    assert requests.get(url(sandbox, ACCOUNTS), timeout=5).status_code == 405


@pytest.mark.parametrize("body", ["{", "[]", '{"accountId": 7}'])
def test_a_malformed_body_is_an_invalid_argument(sandbox: Sandbox, body: str) -> None:
    answer = requests.post(
        url(sandbox, PORTFOLIO),
        data=body,
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
        timeout=5,
    )

    assert (answer.status_code, answer.json()["code"]) == (400, 3)


def test_answers_carry_a_tracking_id_and_the_rate_headers(sandbox: Sandbox) -> None:
    headers = ask(sandbox, ACCOUNTS).headers

    assert uuid.UUID(headers["x-tracking-id"])
    assert headers["x-ratelimit-limit"] == "300, 300;w=60"
    assert headers["x-ratelimit-remaining"] == "299"
    assert 0 < int(headers["x-ratelimit-reset"]) <= 60


def test_too_many_requests_get_nothing_but_the_rate_headers(sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", limits_per_minute={"UsersService": 1})
    first, second = ask(sandbox, ACCOUNTS), ask(sandbox, ACCOUNTS)

    assert first.status_code == 200
    assert (second.status_code, second.content) == (429, b"")
    assert second.headers["x-ratelimit-remaining"] == "0"
    assert 0 < int(second.headers["x-ratelimit-reset"]) <= 60
    assert "x-tracking-id" not in second.headers
    assert portfolio(sandbox).status_code == 200


@pytest.mark.parametrize("code", ["429", "80002"])
def test_the_edge_can_name_a_pause_of_its_own(sandbox: Sandbox, code: str) -> None:
    sandbox.fault("tbank", "code", code=code, seconds=25, times=1)
    answer = ask(sandbox, ACCOUNTS)

    assert (answer.status_code, answer.content) == (429, b"")
    assert answer.headers["x-ratelimit-reset"] == "25"
    assert ask(sandbox, ACCOUNTS).status_code == 200


def test_the_business_code_can_be_a_number_as_the_contract_says(sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", description_is_number=True)

    assert portfolio(sandbox, "404").json()["description"] == 50004


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_business_code_can_be_switched_on(sandbox: Sandbox, code: str) -> None:
    sandbox.fault("tbank", "code", code=code)
    answer = ask(sandbox, ACCOUNTS)
    status, number, message = REFUSALS[code]

    assert answer.status_code == status
    assert answer.json() == {"code": number, "message": message, "description": code}
    assert answer.headers["x-tracking-id"]


@pytest.mark.parametrize("status", sorted(TRANSPORT))
def test_every_transport_error_can_be_switched_on(sandbox: Sandbox, status: str) -> None:
    sandbox.fault("tbank", "code", code=status, path="GetPortfolio")

    assert portfolio(sandbox).status_code == int(status)
    assert ask(sandbox, ACCOUNTS).status_code == 200
