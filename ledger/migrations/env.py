"""Alembic's entry: takes the engine that `ledger.migrate` made.

Neither this file nor a migration imports anything of ours: it would change, and with it what they once did.
"""

from alembic import context

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
