"""The webhook, by its pieces and as a process."""
