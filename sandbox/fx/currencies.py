"""The currencies that the pretend rate sources know: the Bank of Russia's codes and names, and invented cross rates.

Follows the list of `XML_daily.asp` (cbr.ru, read 2026-11), shortened. Quirk: the list states a rate for 1, 10, 100,
1,000, 10,000 or more units, whichever reads best, so a reader must divide.
"""

from decimal import Decimal
from typing import Annotated, NamedTuple

import msgspec

RATE = "92.32"
"""Roubles for one US dollar in the seed."""

ValidDate = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?\Z")]
"""A date "yyyy-mm-dd" that replaces the one that a source would state; "" for none."""


class Currency(NamedTuple):
    """One foreign currency: the Bank of Russia's id, codes, unit and names, and its invented worth in US dollars."""

    identity: str
    number: str
    code: str
    nominal: int
    russian: str
    english: str
    in_usd: Decimal


CURRENCIES = tuple(
    Currency(identity, number, code, nominal, russian, english, Decimal(in_usd))
    for identity, number, code, nominal, russian, english, in_usd in (
        ("R01010", "036", "AUD", 1, "Австралийский доллар", "Australian Dollar", "0.6457"),
        ("R01020A", "944", "AZN", 1, "Азербайджанский манат", "Azerbaijan Manat", "0.5882"),
        ("R01060", "051", "AMD", 100, "Армянских драмов", "Armenia Dram", "0.002614"),
        ("R01090B", "933", "BYN", 1, "Белорусский рубль", "Belarussian Ruble", "0.3402"),
        ("R01115", "986", "BRL", 1, "Бразильский реал", "Brazil Real", "0.1876"),
        ("R01135", "348", "HUF", 100, "Форинтов", "Hungarian Forint", "0.002975"),
        ("R01150", "704", "VND", 10000, "Донгов", "Vietnam Dong", "0.0000397"),
        ("R01200", "344", "HKD", 1, "Гонконгский доллар", "Hong Kong Dollar", "0.1286"),
        ("R01210", "981", "GEL", 1, "Лари", "Georgia Lari", "0.3697"),
        ("R01230", "784", "AED", 1, "Дирхам ОАЭ", "UAE Dirham", "0.2723"),
        ("R01235", "840", "USD", 1, "Доллар США", "US Dollar", "1"),
        ("R01239", "978", "EUR", 1, "Евро", "Euro", "1.1355"),
        ("R01240", "818", "EGP", 10, "Египетских фунтов", "Egyptian Pounds", "0.02108"),
        ("R01270", "356", "INR", 100, "Индийских рупий", "Indian Rupee", "0.01127"),
        ("R01280", "360", "IDR", 10000, "Рупий", "Indonesian Rupiah", "0.00005988"),
        ("R01300", "364", "IRR", 1000000, "Иранских риалов", "Iranian Rial", "0.000000558"),
        ("R01335", "398", "KZT", 100, "Тенге", "Kazakhstan Tenge", "0.001925"),
        ("R01370", "417", "KGS", 100, "Сомов", "Kyrgyzstan Som", "0.01144"),
        ("R01375", "156", "CNY", 1, "Юань", "China Yuan", "0.1407"),
        ("R01535", "578", "NOK", 10, "Норвежских крон", "Norwegian Krone", "0.09932"),
        ("R01589", "960", "XDR", 1, "СДР (специальные права заимствования)", "SDR", "1.3587"),
        ("R01700J", "949", "TRY", 10, "Турецких лир", "Turkish Lira", "0.02365"),
        ("R01717", "860", "UZS", 10000, "Узбекских сумов", "Uzbekistan Sum", "0.00008352"),
        ("R01720", "980", "UAH", 10, "Гривен", "Ukrainian Hryvnia", "0.02378"),
        ("R01775", "756", "CHF", 1, "Швейцарский франк", "Swiss Franc", "1.2415"),
        ("R01805F", "941", "RSD", 100, "Сербских динаров", "Serbian Dinar", "0.009692"),
        ("R01815", "410", "KRW", 1000, "Вон", "South Korean Won", "0.0006806"),
        ("R01820", "392", "JPY", 100, "Иен", "Japanese Yen", "0.0064"),
    )
)
