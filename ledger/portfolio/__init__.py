"""The portfolio's part of the ledger: rounds, their messages, who asked for them, and the days."""
