"""T-Bank's collector against the pretend T-Invest."""

import contextlib
import datetime
import hashlib
import json
import ssl
import subprocess
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus import reasons
from bus.settings import NotConfigured, Secret, SettingsError, read
from collectors.accounts import account_key
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.key import Key
from collectors.source import Deadline, Reading, Source
from collectors.tbank import ADDRESS, SERVICES, Settings, Tbank
from collectors.wire.tbank import Accounts, read_answer, read_portfolio, refuse
from sandbox.control.client import Sandbox
from sandbox.tbank.service import TOKEN
from tests.collectors.contracts.case import Case
from tests.collectors.contracts.contract import CollectorContract
from tests.collectors.contracts.owners_day_contract import OwnersDayContract
from tests.collectors.contracts.read_only_contract import ReadOnlyContract
from tests.collectors.contracts.subject import SECRET_QUERY, Calls
from tests.collectors.wire.answers import anything, mutated

NOWHERE = "http://127.0.0.1:1"
ENOUGH_S = 10.0
BROKER, SAVINGS, CLOSED = "2000123456", "2000654321", "2000111222"
PORTFOLIO = {"totalAmountPortfolio": {"currency": "rub", "units": "202822", "nano": 830000000}, "accountId": BROKER}
DIGITAL = {
    "totalAmountPortfolio": {"currency": "", "units": "0"},
    "totalAmountDfa": {"currency": "rub", "units": "250", "nano": 250000000},
    "totalAmountShares": {"currency": "rub", "units": "0"},
    "totalAmountNovelty": {"currency": "rub"},
    "positions": [],
}
ACCOUNTS = {
    "accounts": [
        {
            "id": BROKER,
            "type": "ACCOUNT_TYPE_TINKOFF",
            "status": "ACCOUNT_STATUS_OPEN",
            "accessLevel": "ACCOUNT_ACCESS_LEVEL_READ_ONLY",
        }
    ]
}


def build(
    address: str,
    *,
    policy: Literal["enforce", "warn", "off"] = "enforce",
    accounts: str = "",
    ca_file: str = "",
) -> Tbank:
    settings = Settings(
        tbank_token=Secret(TOKEN),
        tbank_account_id=accounts,
        tbank_ca_file=ca_file,
        tbank_base_url=f"{address}/rest",
        read_only_check=policy,
    )
    return Tbank(settings)


@pytest.fixture
def tbank(sandbox: Sandbox) -> Tbank:
    return build(sandbox.addresses["tbank"])


def account(number: str, **fields: object) -> dict[str, object]:
    return {"id": number, "total": {"units": "100", "nano": 0}} | fields


def money(text: str) -> dict[str, object]:
    """Split an amount as T-Invest does; what is no number goes into `units` as it is."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    units, point, fraction = digits.partition(".")
    if not point or not units.isdecimal() or not fraction.isdecimal():
        return {"units": text, "nano": 0}
    nano = int(fraction.ljust(9, "0"))
    return {"units": sign + units, "nano": -nano if sign else nano}


def asked_for(sandbox: Sandbox, method: str) -> int:
    return sum(method in request.path for request in sandbox.requests("tbank"))


class TestTbank(CollectorContract):
    services: ClassVar = ("tbank",)
    amount: ClassVar = Decimal(1234567)
    currency: ClassVar = "RUB"
    secrets: ClassVar = (TOKEN, BROKER, SAVINGS, CLOSED)
    precise: ClassVar = "1234.123456789"
    denied: ClassVar = (
        Case("40002", reasons.NO_PERMISSION),
        Case("40003", reasons.BAD_KEY),
        Case("40004", reasons.NO_PERMISSION),
        Case("", reasons.BAD_KEY, kind="status", more={"status": 401}),
    )
    busy: ClassVar = (
        Case("429", reasons.RATE_LIMITED, 25, more={"seconds": 25.0}),
        Case("429", reasons.RATE_LIMITED, 65, more={"seconds": 3600.0}),
        Case("429", reasons.RATE_LIMITED, 60, more={"headers": {"x-ratelimit-reset": ""}}),
        Case("80002", reasons.RATE_LIMITED, 7, more={"seconds": 7.0}),
        Case("70001", reasons.MAINTENANCE),
        Case("70003", reasons.MAINTENANCE),
        Case("503", reasons.MAINTENANCE),
        Case("504", reasons.MAINTENANCE),
    )

    def build(self, addresses: dict[str, str], folder: Path) -> Source:  # noqa: ARG002 - nothing is remembered
        return build(addresses["tbank"])

    def set_amount(self, sandbox: Sandbox, text: str | None) -> None:
        total = None if text is None else money(text)
        sandbox.set_state("tbank", accounts=[account(BROKER, total=total)])

    def forbidden(self, source: Source) -> Calls:
        assert isinstance(source, Tbank)
        raw, services = source.session, source._base_url + SERVICES
        return (
            lambda: raw.post(f"{services}OrdersService/PostOrder", json={"accountId": BROKER}),
            lambda: raw.post(f"{services}OperationsService/../OrdersService/PostOrder?{SECRET_QUERY}", json={}),
            lambda: raw.get(f"{services}UsersService/GetAccounts?{SECRET_QUERY}"),
            lambda: raw.post(f"http://127.0.0.2:9/rest{SERVICES}UsersService/GetAccounts?{SECRET_QUERY}"),
        )


class TestTbankKey(ReadOnlyContract):
    service: ClassVar = "tbank"
    proof_path: ClassVar = "GetAccounts"
    balance_path: ClassVar = "GetPortfolio"

    def with_policy(self, addresses: dict[str, str], policy: str) -> Source:
        assert policy in ("enforce", "warn", "off")
        return build(addresses["tbank"], policy=policy)  # type: ignore[arg-type]  # narrowed above

    def let_the_key_trade(self, sandbox: Sandbox) -> None:
        sandbox.set_state("tbank", accounts=[account(BROKER, access="FULL_ACCESS")])

    def test_a_key_is_proven_once_and_not_in_each_round(self, sandbox: Sandbox) -> None:
        """The list of accounts is asked for in each round, and tells what the token may do there: no less is proven."""
        source = self.with_policy(sandbox.addresses, "enforce")
        source.fetch(Deadline(ENOUGH_S))
        self.let_the_key_trade(sandbox)

        with pytest.raises(Denied, match=reasons.KEY_CAN_TRADE):
            source.fetch(Deadline(ENOUGH_S))

    def test_a_failed_proof_does_not_stop_a_key_that_was_proven(self, sandbox: Sandbox) -> None:
        """Without the list nobody knows which accounts there are: then it is asked again, and no old one is taken."""
        source = self.with_policy(sandbox.addresses, "enforce")
        source.prefetch(Deadline(ENOUGH_S))
        sandbox.fault(self.service, "html", status=502, path=self.proof_path, times=1)

        with pytest.raises(Busy):
            source.fetch(Deadline(ENOUGH_S))

        assert source.fetch(Deadline(ENOUGH_S))

    def test_off_asks_nothing_about_the_key(self, sandbox: Sandbox) -> None:
        """The accounts must be asked for anyway; with `off`, what the token may do there is not looked at."""
        self.let_the_key_trade(sandbox)
        source = self.with_policy(sandbox.addresses, "off")

        reading = source.fetch(Deadline(ENOUGH_S))

        assert isinstance(reading, Reading)
        assert reading.amount == 100


class TestTbankTokensEnd(OwnersDayContract):
    variable: ClassVar = "TBANK_TOKEN_EXPIRES"

    def key_with(self, variables: Mapping[str, str]) -> Key:
        return Tbank(read(Settings, {"TBANK_TOKEN": TOKEN, "TBANK_BASE_URL": NOWHERE} | dict(variables))).key


# --- accounts


def test_all_open_accounts_are_summed_and_their_kinds_named(tbank: Tbank) -> None:
    """Fault 47: kinds of accounts."""
    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert reading.amount == Decimal(1034567) + Decimal(200000)
    assert reading.wallets == ("brokerage", "iis")


def test_negative_billionths_count_as_debt(tbank: Tbank, sandbox: Sandbox) -> None:
    debts = [{"units": "-5", "nano": -250_000_000}, {"units": "0", "nano": -500_000_000}, {"units": "-0", "nano": -1}]
    sandbox.set_state("tbank", accounts=[account(str(number), total=debt) for number, debt in enumerate(debts)])

    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert reading.amount == Decimal("-5.750000001")


@pytest.mark.parametrize(
    "fields", [{"status": "CLOSED"}, {"access": "NO_ACCESS"}, {"kind": "INVEST_BOX"}, {"status": "NEW"}]
)
def test_an_account_without_a_portfolio_for_us_is_not_asked_for(
    tbank: Tbank, sandbox: Sandbox, fields: dict[str, object]
) -> None:
    sandbox.set_state("tbank", accounts=[account("1"), account("2", **fields)])

    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert reading.amount == 100
    assert asked_for(sandbox, "GetPortfolio") == 1


def test_no_account_at_all_is_a_missing_permission_and_not_zero(tbank: Tbank, sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", accounts=[])

    with pytest.raises(Denied, match=reasons.NO_PERMISSION):
        tbank.fetch(Deadline(ENOUGH_S))


def test_one_account_that_is_busy_is_the_platforms_and_is_asked_again(tbank: Tbank, sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", accounts=[account("1"), account("2", failure="70001")])

    with pytest.raises(Busy, match=reasons.MAINTENANCE):
        tbank.fetch(Deadline(ENOUGH_S))


def test_a_bank_account_without_a_portfolio_is_left_out(tbank: Tbank, sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", accounts=[account("1"), account("2", kind="DEBIT", failure="50004")])

    assert tbank.fetch(Deadline(ENOUGH_S)).amount == 100


def test_an_account_opened_meanwhile_is_counted_in_the_next_fetch(tbank: Tbank, sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", accounts=[account("1")])
    tbank.fetch(Deadline(ENOUGH_S))
    sandbox.set_state("tbank", accounts=[account("1"), account("2")])

    assert tbank.fetch(Deadline(ENOUGH_S)).amount == 200


def test_an_account_closed_meanwhile_is_noticed_in_the_same_fetch(tbank: Tbank, sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", accounts=[account("1"), account("2")])
    assert tbank.fetch(Deadline(ENOUGH_S)).amount == 200
    sandbox.set_state("tbank", accounts=[account("1"), account("2", status="CLOSED")])

    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert reading.amount == 100


def test_only_named_accounts_are_read(sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", accounts=[account("11"), account("22"), account("33")])
    tbank = build(sandbox.addresses["tbank"], accounts="11, 33")

    assert tbank.fetch(Deadline(ENOUGH_S)).amount == 200


def test_a_closed_account_may_say_anything_about_access(tbank: Tbank, sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", accounts=[account("1"), account("2", status="CLOSED", access="FULL_ACCESS")])

    assert tbank.fetch(Deadline(ENOUGH_S)).amount == 100


def test_an_access_level_that_is_not_known_counts_as_trading(tbank: Tbank, sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", accounts=[account("1", access="UNSPECIFIED")])

    with pytest.raises(Denied, match=reasons.KEY_CAN_TRADE):
        tbank.fetch(Deadline(ENOUGH_S))


def test_a_business_code_may_be_a_number(tbank: Tbank, sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", description_is_number=True, token="t.another")

    with pytest.raises(Denied, match="40003"):
        tbank.fetch(Deadline(ENOUGH_S))


def test_a_base_url_without_a_folder_is_completed(sandbox: Sandbox) -> None:
    settings = Settings(tbank_token=Secret(TOKEN), tbank_base_url=sandbox.addresses["tbank"])

    assert Tbank(settings).fetch(Deadline(ENOUGH_S)).amount == Decimal(1234567)


def test_a_key_that_became_able_to_trade_is_refused_from_then_on(tbank: Tbank, sandbox: Sandbox) -> None:
    tbank.fetch(Deadline(ENOUGH_S))
    sandbox.set_state("tbank", accounts=[account(BROKER, access="FULL_ACCESS"), account(SAVINGS)])
    with pytest.raises(Denied):
        tbank.prefetch(Deadline(ENOUGH_S))

    with pytest.raises(Denied, match=reasons.KEY_CAN_TRADE):
        tbank.fetch(Deadline(ENOUGH_S))


# --- reading


@pytest.mark.parametrize(
    "total",
    [
        {"currency": "usd", "units": "1", "nano": 0},
        {"currency": "usd"},
        {"currency": "", "units": "1", "nano": 0},
        {"units": "1"},
        {"currency": "rub", "units": "1", "nano": -1},
        {"currency": "rub", "units": "-0", "nano": 1},
        {"currency": "rub", "units": 1, "nano": 0},
        {"currency": "rub", "units": "1", "nano": "0"},
        {"currency": "rub", "units": "1", "nano": 1_000_000_000},
        {"currency": "rub", "units": "1.5", "nano": 0},
        {"currency": "rub", "units": "1000000000000001", "nano": 0},
        {"currency": None, "units": "1"},
        [],
        None,
    ],
)
def test_a_total_that_is_no_plain_sum_of_roubles_is_malformed(total: object) -> None:
    with pytest.raises(Malformed):
        read_portfolio(json.dumps({"totalAmountPortfolio": total}).encode(), BROKER)


def test_another_accounts_portfolio_is_malformed() -> None:
    with pytest.raises(Malformed, match="another account"):
        read_portfolio(json.dumps(PORTFOLIO).encode(), SAVINGS)


def test_an_empty_account_is_a_true_zero() -> None:
    """Fault 47: an empty account."""
    body = json.dumps({"totalAmountPortfolio": {"currency": "rub", "units": "0", "nano": 0}}).encode()

    assert read_portfolio(body, BROKER) == 0


@given(
    st.one_of(
        *(anything(example).map(lambda value: json.dumps(value).encode()) for example in (PORTFOLIO, DIGITAL)),
        *(mutated(example) for example in (PORTFOLIO, DIGITAL)),
        st.binary(),
    ),
    st.booleans(),
)
def test_no_portfolio_makes_the_reader_raise_anything_but_its_own_errors(body: bytes, is_of_known_kind: bool) -> None:
    with contextlib.suppress(PlatformError):
        assert read_portfolio(body, BROKER, is_of_known_kind=is_of_known_kind).is_finite()


@given(anything(ACCOUNTS).map(lambda value: json.dumps(value).encode()) | mutated(ACCOUNTS) | st.binary())
def test_no_list_of_accounts_makes_the_reader_raise_anything_but_its_own_errors(body: bytes) -> None:
    with contextlib.suppress(PlatformError):
        for listed in read_answer(body, Accounts).accounts:
            assert listed.wallet
            assert isinstance(listed.is_usable and listed.is_read_only and listed.is_of_known_kind, bool)
            assert account_key(listed.id)


@given(st.integers(100, 599), st.dictionaries(st.just("x-ratelimit-reset"), st.text()), st.binary())
def test_every_refusal_is_one_of_our_errors(status: int, headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(PlatformError) as caught:
        refuse(status, headers, body)

    assert reasons.is_known(caught.value.reason)


# --- settings and certificates


@pytest.fixture(scope="session")
def own_ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate of an authority that nobody knows."""
    folder = tmp_path_factory.mktemp("ca")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Pretend -keyout key.pem -out ca.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder / "ca.pem"


def test_the_older_name_of_the_token_works() -> None:
    assert read(Settings, {"TBANK_API_TOKEN": TOKEN, "TBANK_BASE_URL": NOWHERE}).tbank_token.reveal() == TOKEN


def test_without_a_token_the_platform_is_not_configured() -> None:
    with pytest.raises(NotConfigured):
        read(Settings, {"TBANK_ACCOUNT_ID": BROKER})


@pytest.mark.parametrize(
    "content", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----"]
)
def test_a_ca_file_that_is_none_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)

    with pytest.raises(SettingsError, match="TBANK_CA_FILE"):
        read(Settings, {"TBANK_TOKEN": TOKEN, "TBANK_CA_FILE": str(path)})


def test_another_root_than_the_known_one_is_refused_for_the_banks_own_hosts(own_ca: Path) -> None:
    right = {"TBANK_TOKEN": TOKEN, "TBANK_CA_FILE": str(own_ca)}

    with pytest.raises(SettingsError, match="TBANK_CA_FILE does not hold the Russian Trusted Root CA; write the path"):
        read(Settings, right | {"TBANK_BASE_URL": "https://sandbox-invest-public-api.tbank.ru/rest"})
    assert read(Settings, right | {"TBANK_BASE_URL": "https://localhost:8443/rest"}).tbank_ca_file == str(own_ca)


def test_the_banks_own_hosts_need_a_ca_file() -> None:
    with pytest.raises(SettingsError, match="TBANK_CA_FILE is missing; write the path of russian_trusted_root_ca"):
        read(Settings, {"TBANK_TOKEN": TOKEN})


def test_another_root_than_the_known_one_is_logged_for_other_hosts(
    own_ca: Path, caplog: pytest.LogCaptureFixture
) -> None:
    build("http://127.0.0.1:1", ca_file=str(own_ca))

    assert "not the Russian Trusted Root" in caplog.text


def test_the_known_root_is_taken_and_not_logged(
    own_ca: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    der = ssl.PEM_cert_to_DER_cert(own_ca.read_text())
    monkeypatch.setattr("collectors.tbank.ROOT_FINGERPRINT", hashlib.sha256(der).hexdigest())
    assert read(Settings, {"TBANK_TOKEN": TOKEN, "TBANK_CA_FILE": str(own_ca)}).tbank_base_url == ADDRESS
    build("http://127.0.0.1:1", ca_file=str(own_ca))

    assert "Root CA" not in caplog.text


def test_the_ca_file_is_for_this_client_alone(own_ca: Path) -> None:
    """Fault 37: what is trusted for one platform."""
    tbank = build("http://127.0.0.1:1", ca_file=str(own_ca))

    assert tbank.session.verify == str(own_ca)
    assert build("http://127.0.0.1:1").session.verify != str(own_ca)


def test_a_tls_error_says_what_to_set(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    tbank = build(sandbox.addresses["tbank"].replace("http://", "https://"))

    with pytest.raises(Denied, match=reasons.TLS_ERROR):
        tbank.fetch(Deadline(ENOUGH_S))

    assert "set TBANK_CA_FILE" in caplog.text


def test_the_reading_is_of_now(tbank: Tbank) -> None:
    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert abs(datetime.datetime.now(datetime.UTC) - reading.as_of) < datetime.timedelta(seconds=ENOUGH_S)
