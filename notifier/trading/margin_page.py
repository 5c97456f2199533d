"""The page of `/margin`, and its lines on the page of `/status`; pure."""

from datetime import datetime, tzinfo

from bus.language import Language
from ledger.trading.flow.margins import Margin
from notifier.commands.buttons import MOST_DATA_BYTES, Button, Buttons
from notifier.texts.trading_margins import WORDS
from notifier.trading.desk import account_named, escaped
from notifier.trading.margin_grammar import ALL, perpetual
from notifier.trading.margin_reading import MarginReport

MARGIN = "margin"
"""The first word of the buttons below the page; behind it stand who asked, in hexadecimal digits, and a symbol."""
OTHER = "?"
"""Stands in place of a symbol that is to be typed."""
MOST_SHOWN = 12
IN_A_ROW = 3


class MarginPage:
    """The page in a language, with times in a zone."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        """Take the words and the zone.

        Args:
            language: The asker's.
            zone: The asker's.
        """
        self._words = WORDS[language]
        self._zone = zone

    def page(self, report: MarginReport) -> str:
        """Return how the account of a portfolio is margined, and what may be set.

        Args:
            report: What was gathered.
        """
        words, mine = self._words, report.portfolio
        money = "live" if mine.is_live else "paper"
        lines = [f"<b>{words.title}</b> · {escaped(mine.name)} · {money}", account_named(report.account), ""]
        lines += self.lines(report, report.symbols)
        lines += [words.most.format(leverage=report.most)]
        lines += [] if report.rules is None else [words.most_of_limit if report.is_capped else words.most_of_settings]
        lines += [words.silent] if report.is_silent else []
        return "\n".join([*lines, "", words.change, words.usage])

    def brief(self, report: MarginReport) -> list[str]:
        """Return what holds for all symbols, and the symbols that differ from it or that nobody knows of.

        Args:
            report: What was gathered.
        """
        words, of_all = self._words, report.for_all
        usual = None if of_all is None else (of_all.margin_mode, of_all.leverage)
        differing = tuple(
            perpetual(each.symbol or "")
            for each in report.of_symbols
            if each.confirmed_at is None or (each.margin_mode, each.leverage) != usual
        )
        most = words.most.format(leverage=report.most)
        return [f"<b>{words.title}</b>", *self.lines(report, differing), most]

    def lines(self, report: MarginReport, symbols: tuple[str, ...]) -> list[str]:
        """Return what holds for all symbols, and each symbol's own setting.

        Args:
            report: What was gathered.
            symbols: Those whose settings are shown.
        """
        words, of_all = self._words, report.for_all
        lines = [] if of_all is None else [self._line(words.all_symbols, of_all)]
        if of_all is not None and not any(each.instrument is None for each in report.settings):
            lines.append(words.at_first)
        shown = [each for each in report.of_symbols if perpetual(each.symbol or "") in symbols]
        for each in shown[:MOST_SHOWN]:
            lines.append(self._line(perpetual(each.symbol or ""), each))
            seen = each.confirmed_at
            lines.append(words.unknown if seen is None else words.confirmed.format(at=self._time(seen)))
        more = len(shown) - MOST_SHOWN
        return [*lines, words.more.format(count=more)] if more > 0 else lines

    def buttons(self, report: MarginReport, user_id: int) -> Buttons:
        """Return the buttons below the page: a symbol each, all of them, and another one.

        Args:
            report: What was gathered.
            user_id: Who asked, by number.
        """
        each = [_button(symbol, symbol, user_id) for symbol in report.symbols[:MOST_SHOWN]]
        fitting = [button for button in each if len(button.data.encode()) <= MOST_DATA_BYTES]
        rows = [fitting[at : at + IN_A_ROW] for at in range(0, len(fitting), IN_A_ROW)]
        last = [_button(self._words.button_all, ALL, user_id), _button(self._words.button_other, OTHER, user_id)]
        return (*rows, last)

    def _line(self, symbol: str, margin: Margin) -> str:
        """Return how something is margined."""
        words = self._words
        mode = words.modes[margin.margin_mode]
        return words.line.format(symbol=escaped(symbol), mode=mode, leverage=margin.leverage)

    def _time(self, at: datetime) -> str:
        """Return a moment with its day."""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"


def _button(label: str, symbol: str, user_id: int) -> Button:
    """Return a button that begins to ask."""
    return Button(label, f"{MARGIN}:{user_id:x}:{symbol}")
