"""The owner's commands for the ledger."""
