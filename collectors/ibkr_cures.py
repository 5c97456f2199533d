"""What to do about each code with which a statement of IBKR's could not be read, for `/why` and the log."""

from bus import reasons
from collectors.ibkr_flex_state import TOO_OLD
from collectors.wire.ibkr_accounts import NO_CURRENCY, NO_ROW, TWICE, WRONG_DATES
from collectors.wire.ibkr_service import DENIED, IS_NO_XML, IS_XML
from collectors.wire.ibkr_statement import NO_HEADERS

NOT_ASCII = "not ASCII"
_GONE = (
    "if the account was emptied, closed or moved, take it out of the query; tick Account Information in the query, so "
)
_GONE += "that a closed account is left out by itself; else wait for its next statement"
CURES = {
    TWICE: "choose each account once in the query, without a consolidated one beside it",
    NO_ROW: _GONE,
    TOO_OLD: _GONE,
    NOT_ASCII: "copy IBKR_FLEX_TOKEN anew: it is digits only",
    reasons.NAV_SECTION_MISSING: "tick the section Net Asset Value (NAV) in Base in the query",
    reasons.NO_USD_RATE: "set Include Currency Rates to Yes in the query's delivery configuration",
    NO_CURRENCY: "tick Currency in the query's NAV section",
    NO_HEADERS: "set the query's format to XML, or its Include column headers to Yes",
    WRONG_DATES: "set the query's date format to yyyyMMdd",
    IS_NO_XML: "set the query's format to XML, or IBKR_FLEX_REPORT_FORMAT to auto",
    IS_XML: "set the query's format to CSV, or IBKR_FLEX_REPORT_FORMAT to auto",
    "too large": "leave only the sections Net Asset Value (NAV) in Base and Account Information in the query",
} | {code: cure for code, (_, cure) in DENIED.items()}
