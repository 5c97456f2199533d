"""Alembic's entry: takes the engine that `ledger.migrate` made."""

from alembic import context

from ledger.tables import metadata

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
