"""Alembic's entry: takes the engine that `ledger.migrate` made, and runs all steps in one transaction.

SQLite's own DDL is part of a transaction; Alembic believes otherwise, because Python's driver used to end one there.
While tables come and go there, foreign keys are not enforced (a table that is dropped would be emptied first, row by
row), but looked at before the end (sqlite.org, "DROP TABLE" and "PRAGMA foreign_keys", read 2026-11).

Neither this file nor a migration imports anything of ours: it would change, and with it what they once did.
"""

from alembic import context

with context.config.attributes["engine"].connect() as connection:
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:  # past SQLAlchemy, which would begin a transaction, in which this does nothing
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(connection=connection, transactional_ddl=True, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()
        if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"rows of {broken[0][0]} refer to rows of {broken[0][2]} that are not there")
