"""Alembic's entry for the inbox: takes the engine that `ledger.migrate` made, and runs all steps in one transaction.

The table that says which step ran last is the inbox's own, since the ledger's may stand beside it.

Neither this file nor a migration imports anything of ours: it would change, and with it what they once did.
"""

from alembic import context

with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        transactional_ddl=True,
        transaction_per_migration=False,
        version_table="inbox_version",
    )
    with context.begin_transaction():
        context.run_migrations()
