"""Say what a pretend Activity Flex statement holds: accounts, days, sections, and the attributes of every row.

Follows the statements that the IBKR Flex Web Service hands out (IBKR Campus "Flex Web Service", read 2026-11, and
statements published in public test suites). `sandbox.ibkr.body` writes them as XML and CSV.

Quirks: an older day lies beside the newest, with other rates; rows come in any order; numbers may be `--` or carry
thousands commas; a sum may span accounts and models. No capture shows the AccountInformation of a consolidated
statement: nothing hard should rest on it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

NEW_YORK = ZoneInfo("America/New_York")
COMPONENTS = (
    "cash", "brokerCashComponent", "fdicInsuredBankSweepAccountCashComponent",
    "insuredBankDepositRedemptionCashComponent", "slbCashCollateral", "stock", "ipoSubscription",
    "slbDirectSecuritiesBorrowed", "slbDirectSecuritiesLent", "options", "bonds", "commodities", "notes", "funds",
    "interestAccruals", "brokerInterestAccrualsComponent", "bondInterestAccrualsComponent",
    "brokerFeesAccrualsComponent", "softDollars", "forexCfdUnrealizedPl", "cfdUnrealizedPl", "dividendAccruals",
    "crypto", "physDel", "marginFinancingChargeAccruals", "eventContractInterestAccruals", "total",
)  # fmt: skip
DATE_FORMATS = {
    "yyyyMMdd": "%Y%m%d",
    "yyyy-MM-dd": "%Y-%m-%d",
    "MM/dd/yyyy": "%m/%d/%Y",
    "MM/dd/yy": "%m/%d/%y",
    "dd/MM/yyyy": "%d/%m/%Y",
    "dd/MM/yy": "%d/%m/%y",
    "dd-MMM-yy": "%d-%b-%y",
}
USD_PER_UNIT = {"USD": "1", "EUR": "1.1355", "GBP": "1.3105", "JPY": "0.0064"}
OLDER_RATE = Decimal("0.99")
Attributes = dict[str, str]
ReportDate = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2}|\d{1,3})\Z")]


class Row(msgspec.Struct, forbid_unknown_fields=True):
    """One day of an account's Net Asset Value.

    Attributes:
        report_date: "yyyy-mm-dd"; or how many business days before the newest close it lies: "0", "1", ...
        total: The value exactly as it is to appear; thousands commas are added when the statement wants them.
        model: The name of a model portfolio, "" for none.
    """

    report_date: ReportDate
    total: str
    model: str = ""


class Account(msgspec.Struct, forbid_unknown_fields=True):
    """One account of the query.

    Attributes:
        account_id: Its number.
        currency: Its base currency.
        rows: Its rows, oldest first; none where it was emptied, closed or moved: its section is there and empty.
        closed_on: The day of its end in its Account Information, as in `Row.report_date`; None while it is open.
    """

    account_id: str
    currency: str = "USD"
    rows: list[Row] = []
    closed_on: ReportDate | None = None


class Statement(msgspec.Struct):
    """What the query's owner holds and how the query is configured; the seed is the plain case.

    Attributes:
        accounts: The accounts of the query; one FlexStatement each, unless `consolidated`.
        consolidated: One FlexStatement with accountId "-" and the rows of all accounts.
        breakout_by_day: A FlexStatement for each account and day, unless `consolidated`.
        format: XML, or CSV with all headers (csv_full), only those of columns (csv_headers) or none (csv_bare).
        csv_official: The official text's layout: the section code before BOS and EOS, 8 columns in BOF.
        csv_bom: Begin a CSV body with a UTF-8 byte order mark.
        date_format: The query's date format; the separator is ";" and the time HHmmss.
        nav_section: "absent" when the section was not ticked, "empty" when it holds no rows.
        account_section: Whether Account Information was ticked.
        row_currency: Whether NAV rows carry the currency (they did not before 2019).
        conversion_rates: Whether currency rates are included.
        usd_per_unit: US dollars for one unit of a currency; the statement's rates are derived from it.
        rate_texts: Rates to the base currency exactly as they are to appear, by source currency.
        rows_out_of_order: The newest day comes first.
        total_text: The newest day's total instead of its value: "", "-", "--", "N/A".
        thousands_commas: Write 12,345.67.
        extra_sections: Add Change in NAV, Cash Report, Open Positions with lots, and an unknown section.
        xml_entities: Add a DTD: "billion_laughs" or an "external" entity, used in a text.
        lag_business_days: How many business days the newest close lies behind the last completed one.
    """

    accounts: list[Account] = []
    consolidated: bool = False
    breakout_by_day: bool = False
    format: Literal["xml", "csv_full", "csv_headers", "csv_bare"] = "xml"
    csv_official: bool = False
    csv_bom: bool = False
    date_format: Literal["yyyyMMdd", "yyyy-MM-dd", "MM/dd/yyyy", "MM/dd/yy", "dd/MM/yyyy", "dd/MM/yy", "dd-MMM-yy"] = (
        "yyyyMMdd"
    )
    nav_section: Literal["present", "absent", "empty"] = "present"
    account_section: bool = True
    row_currency: bool = True
    conversion_rates: bool = True
    usd_per_unit: dict[str, str] = msgspec.field(default_factory=USD_PER_UNIT.copy)
    rate_texts: dict[str, str] = {}
    rows_out_of_order: bool = False
    total_text: str | None = None
    thousands_commas: bool = False
    extra_sections: bool = False
    xml_entities: Literal["none", "billion_laughs", "external"] = "none"
    lag_business_days: int = 0


class Part(NamedTuple):
    """One FlexStatement: its account id, its day range, and its sections (code to rows)."""

    account_id: str
    first_day: date
    last_day: date
    sections: dict[str, list[Attributes]]


def newest_close(now: datetime, lag_business_days: int = 0) -> date:
    """Return the last completed business day in New York: a weekday before today; no holidays.

    Args:
        now: The service's clock, aware.
        lag_business_days: How many business days further back.
    """
    return _business_days_before(now.astimezone(NEW_YORK).date(), 1 + lag_business_days)


def _business_days_before(day: date, count: int) -> date:
    while count:
        day -= timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _day_of(row: Row, newest: date) -> date:
    return _day(row.report_date, newest)


def _day(text: str, newest: date) -> date:
    if "-" in text:
        return date.fromisoformat(text)
    return _business_days_before(newest, int(text))


def parts_of(statement: Statement, now: datetime) -> list[Part]:
    """Return the FlexStatements of a report, with the newest close as of `now` (the service's clock, aware)."""
    newest = newest_close(now, statement.lag_business_days)
    separate = [[part] for account in statement.accounts for part in _broken_out(statement, account, newest)]
    groups = [statement.accounts] if statement.consolidated and separate else separate
    return [_part(statement, accounts, newest) for accounts in groups]


def _broken_out(statement: Statement, account: Account, newest: date) -> Iterable[Account]:
    """Yield the account once for each day that it has rows of, with these, where the query asks for that."""
    days = sorted({_day_of(row, newest) for row in account.rows})
    if not statement.breakout_by_day or not days:
        yield account
        return
    for day in days:
        rows = [row for row in account.rows if _day_of(row, newest) == day]
        yield msgspec.structs.replace(account, rows=rows)


def _part(statement: Statement, accounts: list[Account], newest: date) -> Part:
    days = sorted({_day_of(row, newest) for account in accounts for row in account.rows}) or [newest]
    sections: dict[str, list[Attributes]] = {}
    if statement.account_section:
        sections["ACCT"] = [_account_information(statement, account, newest) for account in accounts]
    if statement.nav_section != "absent":
        sections["EQUT"] = _nav_rows(statement, accounts, newest) if statement.nav_section == "present" else []
    if statement.extra_sections:
        closing = [row.total for row in accounts[0].rows if _day_of(row, newest) == days[-1]]
        sections |= _extra_sections(accounts[0], shown(statement, days[-1]), closing=closing)
    if statement.conversion_rates:
        base = accounts[0].currency
        sections["RATE"] = [rate for day in days for rate in _rates(statement, base, days=(day, days[-1]))]
    return Part("-" if statement.consolidated else accounts[0].account_id, days[0], days[-1], sections)


def _account_information(statement: Statement, account: Account, newest: date) -> Attributes:
    closed = shown(statement, _day(account.closed_on, newest)) if account.closed_on else ""
    return {
        "accountId": account.account_id, "acctAlias": "", "model": "", "currency": account.currency,
        "name": "Ann Example", "accountType": "Individual", "customerType": "Individual",
        "accountCapabilities": "Margin", "tradingPermissions": "Stocks,Options,Mutual Funds,Forex",
        "registeredRepName": "", "registeredRepPhone": "", "dateOpened": shown(statement, date(2020, 1, 2)),
        "dateFunded": shown(statement, date(2020, 1, 10)), "dateClosed": closed, "street": "", "street2": "",
        "city": "", "state": "", "country": "", "postalCode": "", "masterName": "", "ibEntity": "IBLLC-US",
        "primaryEmail": "ann@example.com",
    }  # fmt: skip


def _nav_rows(statement: Statement, accounts: list[Account], newest: date) -> list[Attributes]:
    dated = [(_day_of(row, newest), account, row) for account in accounts for row in account.rows]
    dated.sort(key=lambda each: each[0], reverse=statement.rows_out_of_order)
    last_day = max((day for day, _, _ in dated), default=newest)
    override, rows = statement.total_text, []
    for day, account, row in dated:
        total = override if override is not None and day == last_day else row.total
        identity = {"accountId": account.account_id, "acctAlias": "", "model": row.model}
        currency = {"currency": account.currency} if statement.row_currency else {}
        rows.append(identity | currency | {"reportDate": shown(statement, day)} | _triples(statement, total))
    return rows


def _triples(statement: Statement, total: str) -> Attributes:
    values = _component_values(total)
    triples = {}
    for component in COMPONENTS:
        value = values.get(component, "0")
        long, short = ("0", value) if value.startswith("-") else (value, "0")
        triples[component] = _number(statement, value)
        triples[f"{component}Long"] = _number(statement, long)
        triples[f"{component}Short"] = _number(statement, short)
    return triples


def _component_values(total: str) -> dict[str, str]:
    try:
        amount = Decimal(total)
        cash = (amount / 4).quantize(Decimal("0.01"))
    except InvalidOperation:
        return {"total": total}
    return {"cash": str(cash), "brokerCashComponent": str(cash), "stock": str(amount - cash), "total": total}


def _number(statement: Statement, text: str) -> str:
    if not statement.thousands_commas:
        return text
    try:
        return f"{Decimal(text):,}"
    except InvalidOperation:
        return text


def _extra_sections(account: Account, day: str, *, closing: list[str]) -> dict[str, list[Attributes]]:
    whose = {"accountId": account.account_id, "acctAlias": "", "model": ""}
    money = {"currency": account.currency, "fxRateToBase": "1", "assetCategory": "STK", "symbol": "ACME"}
    position = whose | money | {"conid": "265598", "reportDate": day}
    lot = {"position": "10", "markPrice": "190.1", "positionValue": "1901"}
    cash = {"startingCash": "100", "endingCash": "111.11", "endingSettledCash": "111.11"}
    change = {"fromDate": day, "toDate": day, "startingValue": "9000", "mtm": "1", "endingValue": _sum(closing)}
    return {
        "CNAV": [whose | {"currency": account.currency} | change],
        "CRTT": [
            whose | {"currency": "BASE_SUMMARY", "levelOfDetail": "BaseCurrency", "reportDate": day} | cash,
            whose | {"currency": "USD", "levelOfDetail": "Currency", "reportDate": day} | cash,
        ],
        "POST": [position | lot | {"levelOfDetail": "SUMMARY"}, position | lot | {"levelOfDetail": "LOT"}],
        "FUTR": [whose | {"currency": "XQQ", "reportDate": day, "total": "888888.88", "kind": "NotYet"}],
    }


def _sum(totals: list[str]) -> str:
    try:
        return str(sum(Decimal(total) for total in totals))
    except InvalidOperation:
        return totals[0]


def _rates(statement: Statement, base: str, *, days: tuple[date, date]) -> Iterable[Attributes]:
    day, newest = days
    in_usd = {currency: Decimal(text) for currency, text in statement.usd_per_unit.items()}
    texts: dict[str, str] = {}
    for currency, worth in in_usd.items() if base in in_usd else ():
        rate = worth / in_usd[base] * (1 if day == newest else OLDER_RATE)
        texts[currency] = f"{rate.quantize(Decimal('0.00001')).normalize():f}"
    for currency, text in (texts | statement.rate_texts).items():
        if currency != base:
            where = {"reportDate": shown(statement, day), "fromCurrency": currency, "toCurrency": base}
            yield where | {"rate": text}


def shown(statement: Statement, day: date) -> str:
    """Write a date in the query's format."""
    return day.strftime(DATE_FORMATS[statement.date_format])
