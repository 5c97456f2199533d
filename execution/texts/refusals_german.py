"""The words of each refusal in German; English and Russian are in `refusals`, and a test holds them together."""

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[str, str]] = {
    "UNKNOWN_SYMBOL": "{symbol} ist an der Börse nicht bekannt: {reason}. Symbol und Börse so angeben, wie TradingView "
    "sie zeigt.",
    "DUPLICATE_ID": "Die id {id} gab es schon. {{{{timenow}}}} in die id der Alarmvorlage setzen.",
    "TOO_OLD": "Das Signal ist {seconds} s alt, angenommen werden höchstens {limit} s. Zeit des Alarms und Uhr des "
    "Rechners prüfen.",
    "PRICE_SANITY": "{symbol}: Der Preis {price} des Signals weicht um {percent} % vom Kurs {quote} ab; das Limit ist "
    "{limit} %. Symbol und Börse im Alarm prüfen.",
    "PRICE_DRIFT": "{symbol} hat sich um {percent} % bewegt: gefragt bei {asked}, jetzt {price}; das Limit ist "
    "{limit} %. Noch einmal drücken.",
    "STOP_WRONG_SIDE": "{symbol}: {leg} {stop} liegt auf der falschen Seite des Preises {price}. Im Alarm korrigieren.",
    "NOTHING_HELD": "Nichts zu schließen ({action}): Die Strategie hält keine solche Position. Siehe /positions.",
    "CONTRADICTION": "{action} kann nicht zu {named} führen, solange {held} gehalten wird. Vielleicht fehlt ein Alarm: "
    "/positions, /close.",
    "NO_SHORTS": "Short ist hier nicht möglich: Spot und Aktien werden nur geschlossen. Dafür einen Future handeln.",
    "NO_REVERSE": "sell eröffnet einen Short nur mit reverse=yes. Mit /strategy setzen, oder die Aktion short senden.",
    "MISSING_ALERT": "⚠ vielleicht fehlt ein Alarm: Laut Strategie wurde {told} gehalten, hier sind es {held}. "
    "Mit dem Tester vergleichen.",
    "BAD_PARAMETERS": "Die Parameter von {strategy} sind unbrauchbar: {reason}. Mit /strategy korrigieren.",
    "NO_SIZE": "{strategy}: Die Größe richtet sich nach {by}, und das fehlt. Festlegen: {missing}.",
    "NO_STOP": "{symbol}: Ohne Stop-Loss ist das Risiko nicht bekannt. stop_loss in den Alarm aufnehmen.",
    "NO_CURRENCY": "{symbol} wird in {currency} bezahlt, und davon hat das Konto nichts: {cash}. Geliehen wird "
    "nichts; Geld an der Börse wechseln.",
    "TOO_SMALL": "{symbol}: {wanted} ist zu wenig; das Minimum ist {smallest} für {value} {currency}. "
    "Erhöhen: /set_amount.",
    "TOO_LARGE": "{symbol}: {wanted} ist mehr als möglich. Menge und Preis im Alarm prüfen.",
    "MODE_OFF": "{strategy} ist aus. Einschalten: /mode.",
    "CLOSING_ONLY": "{strategy} schließt nur. Zum Eröffnen: /mode.",
    "STRATEGY_OFF": "{strategy} ist nicht mehr in Kraft. Neue Version anlegen: /strategy.",
    "USER_BLOCKED": "Der Zugang ist gesperrt. An einen Admin wenden.",
    "ACCOUNT_OFF": "Das Konto {account} handelt nicht: {reason}. Siehe /accounts.",
    "NOT_LIVE": "{account} ist ein echtes Konto, und echter Handel ist gesperrt: {reason}. Nichts wurde eröffnet; "
    "Schließungen gehen durch.",
    "REJECTED_BY_PERSON": "Von Hand abgelehnt. Keine Order.",
    "QUESTION_EXPIRED": "Niemand hat binnen {minutes} min geantwortet. Keine Order; /mode auto handelt ohne Rückfrage.",
    "SUPERSEDED": "{symbol}: Eine Schließung kam zuvor: {by}. Nichts wurde eröffnet.",
    "CLEARED": "Die Warteschlange wurde geleert. Keine Order; das Signal noch einmal senden.",
    "OPENING_EXPIRED": "Keine Order binnen {seconds} s: {reason}. Nichts wurde eröffnet; siehe /queue und /status.",
    "MARKET_CLOSED": "{symbol}: Der Markt ist geschlossen bis {opens}. Keine Order; dann noch einmal versuchen.",
    "BREAKER_OPEN": "{broker} scheitert zu oft, nichts wird eröffnet: {reason}. Neue Versuche kommen von selbst; siehe "
    "/status.",
    "BROKER_LOST": "{broker} ist nicht verbunden: {reason}. Sie kommt von selbst wieder; siehe /status.",
    "NOT_SERVED": "{account} wird nicht bedient: {broker} ist mit dem Konto {served} verbunden, nicht mit {number}. "
    "{variable} in .env setzen oder ein anderes Portfolio nehmen: /portfolio.",
    "POSITION_AGAINST": "{symbol}: {strategy} hält in diesem Konto {quantity} in Gegenrichtung. Das schließen, oder "
    "ein anderes Konto nehmen.",
    "DUST": "{symbol}: {held} ist übrig, weniger als das Kleinste, das verkauft werden kann ({smallest}). Es geht mit "
    "dem nächsten Verkauf.",
    "NOT_AT_VENUE": "{symbol}: hier {held}, an der Börse {venue}. Dort nachsehen; /adopt {symbol} bucht den "
    "Unterschied.",
    "RECONCILING": "{symbol}: In den Büchern {books}, an der Börse {venue}, und was dazwischen ausgeführt wurde, nennt "
    "sie nicht mehr. Nichts wird eröffnet; /adopt {symbol} bucht den Unterschied.",
    "KILLED": "Der Handel ist gestoppt: {reason}. Wieder handeln: /unkill.",
    "PAUSED": "Eröffnungen sind pausiert: {reason}. Wieder eröffnen: /resume.",
    "NO_LIMITS": "Diese Limits fehlen, deshalb wird nichts eröffnet: {missing}. Festlegen: {commands}.",
    "NOT_KNOWN": "Nicht bekannt: {what}. Auf Verdacht wird nichts eröffnet; siehe /status.",
    "CASH": "Nötig {need} {currency}, frei {free}: {available} − {taken} in Orders − {reserve} Reserve. "
    "/set_amount oder /set_reserve senken.",
    "MAX_INVESTED": "{invested} + {value} {currency} wären über {limit}. Etwas schließen, oder /set_max_invest.",
    "MAX_POSITIONS": "Offene Positionen: {positions}, höchstens {limit}. Eine schließen, oder /set_max_positions.",
    "MAX_PER_TICKER": "{symbol} wurde {openings} Mal eröffnet, höchstens {limit}. Schließen, oder /set_max_per_ticker.",
    "MAX_DAILY_BUYS": "Eröffnungen heute: {openings}, höchstens {limit}. Morgen wieder, oder /set_max_daily.",
    "MAX_DAILY_LOSS": "Verlust des Tages {loss} {currency}, das Limit ist {limit}. Morgen wieder, oder /set_max_loss.",
    "MAX_ORDER_VALUE": "Die Order ist {value} {currency} wert, höchstens {limit}. Verkleinern, oder max_order_value "
    "erhöhen: /risk.",
    "MAX_POSITION_VALUE": "{symbol}: {held} + {value} {currency} wären über {limit}. Einen Teil schließen, oder "
    "max_position_value erhöhen: /risk.",
    "BUDGET": "Die Strategie hat {used} im Markt; {value} {currency} mehr sind über ihrem Budget {limit}. Siehe /risk.",
    "LEVERAGE_CAP": "Der Hebel {leverage} ist über dem Limit {limit}. Senken, oder leverage_cap (/risk) "
    "oder MAX_LEVERAGE erhöhen.",
    "RISK_PER_TRADE": "Der Stop-Loss würde {risk} {currency} kosten; höchstens {limit} ({percent} % des Kapitals). "
    "Größe senken: /risk.",
    "MAX_DRAWDOWN": "Das Kapital {equity} {currency} liegt {percent} % unter seinem Höchststand {peak}; das Limit ist "
    "{limit} %. Siehe /risk.",
    "MAX_SPREAD": "{symbol}: Der Spread {bid}/{ask} ist {percent} %, höchstens {limit} %. Auf einen ruhigeren Markt "
    "warten. Siehe /risk.",
    "MAX_ORDERS_PER_DAY": "Orders heute: {orders}, höchstens {limit}. Morgen wieder, oder max_orders_per_day erhöhen: "
    "/risk.",
    "COOLDOWN": "{symbol}: {minutes} min nach einem Stop-Loss keine Eröffnung, noch {left} min. Warten. Siehe /risk.",
    "NOT_ALLOWED_SYMBOL": "{symbol} darf nicht eröffnet werden; erlaubt: {allowed}. In allowed_symbols aufnehmen: "
    "/risk.",
}
