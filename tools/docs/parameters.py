"""Words for parameters that mean the same wherever they stand, so that no docstring has to repeat them.

A word counts for a name together with its type, and only where the docstring says nothing of the parameter.
"""

from collections.abc import Mapping

GLOSSARY: Mapping[str, str] = {
    "account: str": "The account's uid in the ledger.",
    "alert_id: str": "The alert's id; the outbox keeps one alert of each id for each chat.",
    "asked: Interaction": "The command that was typed, or the button that was pressed.",
    "axes: Axes": "matplotlib's axes, which are drawn on.",
    "balance: Balance": "What one platform holds, in the currency that it reports.",
    "beat: Heartbeat": "The heartbeat.",
    "book: BookIds": "The position's place: portfolio, instrument, strategy.",
    "bot: Bot": "Telegram's Bot API, as one bot.",
    "broker: str": "The program that serves the account, such as `broker-paper`.",
    "bus: Bus": "This process's place on the bus.",
    "bus_queries: BusQueries": "What asks the other processes.",
    "buttons: Buttons": "The rows of buttons under the message.",
    "chat_id: str": "The chat, as `bus.chats` names it: its number, and for a topic a colon and the topic's number.",
    "client_order_id: str": "Our name for the order, as its venue keeps it.",
    "closed_at: datetime": "When the round closed, aware UTC.",
    "connection: Connection": "An open connection to the ledger; its transaction is the caller's.",
    "currency: str": "The currency, such as `USD`.",
    "deadline: Deadline": "The time that is left for all of it.",
    "descriptor: int": "The number of an open file.",
    "dots: Sequence[Dot]": "The amounts of the chart, in the order of time.",
    "environment: MutableMapping[str, str]": "`os.environ`.",
    "error: TelegramError": "What the library raised.",
    "event: str": "What happened, in a few words.",
    "fetched_at: datetime": "When the number was read, aware UTC.",
    "fields: object": "What else the line tells, each written as `name=value`.",
    "figure: Figure": "matplotlib's figure, which is drawn on.",
    "folded: Iterable[int]": "The numbers of the older rows that its text tells besides.",
    "instrument: Traded": "What is traded, as its venue names it.",
    "keep_days: int": "For how many days a backup is kept.",
    "kind: Kind": "The kind of thing, with its table.",
    "language: Language": "The language of the chat.",
    "ledger: Ledger": "The open ledger.",
    "message: object": "What was heard; a kind that is of no concern here is passed over.",
    "message_id: int": "Telegram's number of the message, in its chat.",
    "next_attempt_at: datetime": "When to try again at the earliest, aware UTC.",
    "now: Callable[[], datetime]": "Tells the present moment, aware UTC.",
    "now: datetime": "The present moment, aware UTC.",
    "now: float": "The present moment in monotonic seconds.",
    "now_s: float": "The present moment in monotonic seconds.",
    "on: bool": "Whether it is in force from now on.",
    "order: OrderName": "What names the order at its venue.",
    "order_uid: str": "The order's uid in the ledger.",
    "outbox: Outbox": "The messages on their way to Telegram.",
    "principal: Principal": "Who asks; what is another user's is not there for them.",
    "received_at: datetime": "When the answer arrived, aware UTC.",
    "replies: Replies": "What speaks to people in the chat.",
    "request: ChartRequest": "What is to be drawn.",
    "request_id: str": "The id of a request for a snapshot.",
    "round_id: str": "The round's id.",
    "round_ids: Iterable[str]": "The rounds' ids.",
    "round_store: RoundStore": "The ledger as the aggregator needs it.",
    "row: Row": "The message's row of the outbox, as it was read.",
    "settings: Settings": "The settings of this program.",
    "settings: type[Settings]": "The Struct that declares the variables.",
    "settings: type[msgspec.Struct]": "The Struct that declares the variables.",
    "snapshot: Snapshot": "A closed round.",
    "time: TimeSource": "The wall clock and the monotonic one.",
    "uid: str": "The row's name to the outside, 32 hex digits.",
    "unconfirmed: bool": "Whether Telegram may have taken the message all the same.",
    "words: Words": "The texts of the chat, in its language.",
    "work: Work": "The transaction and its moment; it is the caller's.",
}

VENUES = ("paper_venue.venue.PaperVenue", "ibkr_venue.venue.IbkrVenue", "bingx_venue.venue.BingxVenue")
PARTS_OF_VENUES = {
    "markets.Market": ("place", "find", "executions", "working"),
    "both.Both": ("find", "executions", "working"),
    "perpetuals.Perpetuals": ("place", "find", "executions", "working"),
    "spot.Spot": ("place", "find", "executions", "working", "balances", "positions"),
    "account.Account": ("balances", "positions"),
    "spot_account.SpotAccount": ("balances", "positions"),
    "hearing.Orders": ("find", "executions"),
    "hearing.Hearing": ("hindrance",),
}
"""Classes of BingX's broker that do a part of what a venue does, under the same names."""
_TYPE_DECORATOR = "sqlalchemy.types.TypeDecorator"
DESCRIBED_BY: Mapping[str, str] = {
    # The library calls these; it says what it hands over and wants back.
    **{
        f"ledger.columns.{name}.{method}": f"{_TYPE_DECORATOR}.{method}"
        for name in ("Money", "Moment", "Exact", "Json")
        for method in ("load_dialect_impl", "process_bind_param", "process_result_value")
    },
    "collectors.egress.requests_session.RequestsGate.send": "requests.adapters.HTTPAdapter.send",
    "notifier.delivery.http_client.Line.do_request": "telegram.request.BaseRequest.do_request",
    "webhook.server.Connection.connection_made": "asyncio.BaseProtocol.connection_made",
    "webhook.server.Connection.connection_lost": "asyncio.BaseProtocol.connection_lost",
    # A platform does what the collectors' loop asks of every one of them.
    **{
        f"collectors.{module}.{name}.prefetch": "collectors.source.Source.prefetch"
        for module, name in (("bybit", "Bybit"), ("okx", "Okx"), ("tbank", "Tbank"))
    },
    # A venue does what the brokers' loop asks of every one of them.
    **{
        f"brokers.{venue}.{method}": f"brokers.venue.Venue.{method}"
        for venue in VENUES
        for method in (
            "connect",
            "place",
            "cancel",
            "find",
            "is_surely_nowhere",
            "executions",
            "reach",
            "hindrance",
            "working",
            "positions",
            "balances",
            "quote",
            "cash_events",
            "instrument",
        )
    },
    **{
        f"brokers.bingx_venue.{part}.{method}": f"brokers.venue.Venue.{method}"
        for part, methods in PARTS_OF_VENUES.items()
        for method in methods
    },
    # The outbox asks the same of its rows in the ledger and of those in memory.
    **{
        f"notifier.storage.{store}.{method}": f"notifier.storage.outbox_store.OutboxStore.{method}"
        for store in ("ledger_outbox.LedgerOutbox", "memory_outbox.MemoryOutbox")
        for method in ("begin_sending", "mark_sent", "mark_dead", "put_back", "put_back_refused", "undelivered")
    },
}
"""Methods whose parameters and result another one describes: the one that they stand in for."""
