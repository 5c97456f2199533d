"""Requests that set margin and leverage, wallets that lie apart, and how the numbers of BingX's demo accounts begin"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

BEFORE = (
    *("close", "sell_all", "cancel", "clear_queue", "place_again", "retry", "reconcile", "adopt", "buy", "sell"),
    *("screen", "simulate"),
)
UNIQUE = "uq_account_balances_account_id_currency_as_of"
OF_WALLET = "uq_account_balances_account_id_currency_wallet_as_of"


def upgrade() -> None:
    """Apply; money that was read before lay in one wallet."""
    _allow(*BEFORE, "margin")
    with op.batch_alter_table("account_balances") as table:
        where = "where it lies, if spot and futures lie apart"
        table.add_column(
            sa.Column("wallet", sa.String(length=8), nullable=False, server_default=sa.text("''"), comment=where)
        )
        table.drop_constraint(op.f(UNIQUE), type_="unique")
        table.create_unique_constraint(op.f(OF_WALLET), ["account_id", "currency", "wallet", "as_of"])
        table.create_check_constraint(op.f("ck_account_balances_wallet"), "wallet IN ('', 'SPOT', 'FUTURES')")
    op.execute("UPDATE brokers SET paper_begins = 'VST' WHERE code = 'BINGX'")


def downgrade() -> None:
    """Take back; what was only asked goes with it, and the money of a wallet of its own."""
    op.execute("UPDATE brokers SET paper_begins = NULL WHERE code = 'BINGX'")
    op.execute("DELETE FROM account_balances WHERE wallet <> ''")
    with op.batch_alter_table("account_balances") as table:
        table.drop_constraint(op.f("ck_account_balances_wallet"), type_="check")
        table.drop_constraint(op.f(OF_WALLET), type_="unique")
        table.create_unique_constraint(op.f(UNIQUE), ["account_id", "currency", "as_of"])
        table.drop_column("wallet")
    op.execute("DELETE FROM trading_requests WHERE kind = 'margin'")
    _allow(*BEFORE)


def _allow(*kinds: str) -> None:
    """Let a request be of these kinds; SQLite makes the table anew for it."""
    with op.batch_alter_table("trading_requests") as table:
        table.drop_constraint(op.f("ck_trading_requests_kind"), type_="check")
        condition = f"kind IN ({', '.join(repr(word) for word in kinds)})"
        table.create_check_constraint(op.f("ck_trading_requests_kind"), condition)
