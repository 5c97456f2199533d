"""What services refuse with in German, by the codes of `error_words`; a test holds the two together."""

from collections.abc import Mapping
from typing import Final

REFUSALS: Final[Mapping[str, str]] = {
    "not_found": "nicht gefunden: {what} {name}",
    # who may
    "admin_only": "das darf nur ein Admin",
    "viewer": "Beobachter ändern nichts; die Rolle Trader vergibt ein Admin",
    "set_by_admin": "das hat ein Admin gesetzt; nur ein Admin kann es aufheben",
    "limit_by_admin": "dieses Limit hat ein Admin gesetzt; nur ein Admin ändert es",
    # words and documents
    "bad_name": "{what}: 1 bis {longest} Zeichen, keine Leerzeichen am Rand, keine Zeilenumbrüche; nicht {text!r:.90}",
    "bad_description": "eine Beschreibung hat höchstens {longest} Zeichen, alle sichtbar; kürzen",
    "bad_currency": "eine Währung sind 2 bis 8 Großbuchstaben oder Ziffern, etwa USD; nicht {code!r:.40}",
    "not_one_of": "{what}: {known}; nicht {word!r:.40}",
    "no_document": "{what} ist eine Liste von Namen und Werten, {{…}}; nicht {kind}",
    "no_text": '{what}: {error}; Beträge als Text schreiben, etwa "0.1"',
    "too_deep": "{what}: zu tief verschachtelt",
    "too_long": "{what}: {count} Zeichen, höchstens {most}",
    "too_many_signs": "{what}: {count} Zeichen sind zu viele; {most} lassen sich speichern",
    "no_such_field": "{what}: {name} gibt es nicht; {nearest}",
    "bad_field": "{what}: {error}",
    "not_above_zero": "{what} muss über null sein, nicht {number}",
    "no_zone": "die Zeitzone {timezone!r:.70} gibt es nicht; schreiben wie Europe/Berlin",
    "too_many_listed": "so viele lassen sich nicht zeigen: {count}; 1 bis {most} anfordern",
    # people
    "no_number": "{number} ist keine Nutzernummer bei Telegram; nötig ist die der Person, nicht die einer Gruppe",
    "last_admin": "{name} ist der letzte aktive Admin; erst jemand anderen zum Admin machen",
    "requests_full": "{count} Anfragen warten schon, mehr werden nicht angenommen; ein Admin muss sie beantworten",
    "in_already": "{name} ist schon zugelassen, als {role}; stattdessen die Rolle ändern",
    "users_full": "{count} Nutzer sind aktiv, höchstens {most} dürfen es sein; einen sperren oder MAX_USERS erhöhen",
    "role_of_inactive": "{name} ist {status}, nicht aktiv; stattdessen mit der Rolle zulassen",
    "inactive": "{name} ist {status}, nicht aktiv; erst zulassen",
    "several_users": "so heißen mehrere: {name}; die Nummer schreiben: {numbers}",
    # accounts, portfolios, strategies, instruments
    "account_number_taken": "das Konto {number} bei {broker} ist hier schon in Gebrauch; erst das andere archivieren",
    "account_default": "das Portfolio {name} des Kontos {account} ist das Standardportfolio; erst ein anderes dazu "
    "machen",
    "paper_not_live": "{broker} hat keine Livekonten; ein Paperkonto anlegen oder den Broker nennen, bei dem das Konto "
    "ist",
    "account_taken": "ein Konto {name} gibt es schon, vielleicht unter den archivierten; einen anderen Namen nehmen",
    "in_use": "{what} {name} ist in Gebrauch (offene Orders: {orders}, offene Positionen: {positions}); erst "
    "stornieren und schließen",
    "portfolio_archived": "das Portfolio {name} ist archiviert; ein anderes wählen",
    "portfolio_default": "das Portfolio {name} ist das Standardportfolio; erst ein anderes dazu machen oder das Konto "
    "archivieren",
    "portfolio_taken": "ein Portfolio {name} gibt es schon, vielleicht im Archiv; einen anderen Namen nehmen",
    "strategy_taken": "eine Strategie {name} gibt es schon, vielleicht ausgeschaltet; stattdessen eine neue Version "
    "anlegen",
    "strategy_not_in_force": "Version {version} der Strategie {name} ist nicht in Kraft; die geltende nennen",
    "instrument_differs": "{symbol} steht in den Büchern als {what} {known}, nicht {said}; ein anderes Instrument "
    "braucht einen anderen Namen",
    "priced_in_itself": "{symbol} kann nicht {currency} mit Preis in {currency} sein; nennen, was gekauft wird",
    "half_a_pair": "{symbol} ist ein Paar; auch nennen, was gekauft wird, nicht nur den Preis in {currency}",
    # halts, questions, requests, signals
    "names_nobody": "was für alle gilt, nennt niemanden",
    "name_portfolio": "das Portfolio nennen",
    "name_user": "den Nutzer nennen; das System ist keiner",
    "bad_question": "eine Frage hat 1 bis {longest} Zeichen, nicht {count}",
    "question_too_late": "die Frage wäre abgelaufen, bevor sie gestellt ist",
    "question_answered": "diese Frage ist schon beantwortet: {answer}",
    "question_expired": "diese Frage ist abgelaufen; nichts wurde ausgeführt",
    "question_canceled": "diese Frage stellt sich nicht mehr; nichts wurde ausgeführt",
    "key_taken": "eine andere Anfrage hat diesen Schlüssel; eine neue hat ihren eigenen",
    "cannot_become": "{uid}: aus {state} kann nicht {wanted} werden",
    "no_longer": "{uid}: nicht mehr {state}",
    "several_signals": "mehrere Signale beginnen mit {uid}; mehr Zeichen angeben",
    # orders
    "order_number": "die Nummer einer Order bei der Börse hat 1 bis {longest} Zeichen, nicht {number!r}",
    "other_number": "die Order {uid} heißt an der Börse {known}, nicht {number}",
    "number_taken": "eine andere Order des Kontos heißt an der Börse {number}",
    "order_archived": "das Portfolio {name} ist archiviert; die Order in einem anderen aufgeben",
    "not_moved": "eine Order wird nicht auf {status} gesetzt: Ihre Ausführungen füllen sie; diese aufnehmen",
    "has_executions": "die Order {uid} ist {state} mit Ausführungen, daraus kann nicht {wanted} werden",
    "other_order": "die Order {uid} wurde mit anderen Feldern aufgegeben ({fields}); eine neue hat ihren eigenen "
    "Schlüssel",
    "no_price_expected": "die Order {uid} kann noch ausgeführt werden, der Preis ist unbekannt; erst stornieren",
}
"""By code."""
WHATS: Final[Mapping[str, str]] = {
    "account": "Konto",
    "broker": "Broker",
    "halt": "Stopp",
    "instrument": "Instrument",
    "kill in force": "geltender Stopp",
    "order": "Order",
    "order to protect in this account": "zu schützende Order dieses Kontos",
    "pause in force": "geltende Pause",
    "policy": "Limit",
    "portfolio": "Portfolio",
    "portfolio or instrument": "Portfolio oder Instrument",
    "position": "Position",
    "position of execution": "Position der Ausführung",
    "question": "Frage",
    "request": "Anfrage",
    "signal": "Signal",
    "strategy": "Strategie",
    "user": "Nutzer",
    "an account's name": "Name des Kontos",
    "an account's number": "Nummer des Kontos",
    "a portfolio's name": "Name des Portfolios",
    "a strategy's name": "Name der Strategie",
    "a user's name": "Name des Nutzers",
    "a request's key": "Schlüssel der Anfrage",
    "a symbol": "Symbol",
    "an exchange": "Börse",
    "an id": "id",
    "a mode": "Modus",
    "a role": "Rolle",
    "a halt": "Art des Stopps",
    "a halt's scope": "Reichweite des Stopps",
    "a kind of message": "Art der Nachrichten",
    "a language": "Sprache",
    "a message": "Nachricht",
    "a request": "Anfrage",
    "a request's state": "Zustand der Anfrage",
    "a signal's state": "Zustand des Signals",
    "a state": "Zustand",
    "an answer": "Antwort",
    "an asset type": "Art des Instruments",
    "parameters": "Parameter",
    "limits": "Limits",
    "what is asked": "Anfrage",
    "a multiplier": "Multiplikator",
    "a tick size": "Preisschritt",
    "a lot size": "Mengenschritt",
    "priced in": "Preis in",
    "for": "für",
    "multiplied by": "Multiplikator",
}
"""What a refusal is about; what is not here stays as it is."""
NAMES: Final[Mapping[str, str]] = {
    "here": "hier",
    "of yours yet; make an account and a portfolio first": "(noch keines); erst Konto und Portfolio anlegen",
    "with this secret": "mit diesem Geheimnis",
}
"""What stands in place of a name."""
