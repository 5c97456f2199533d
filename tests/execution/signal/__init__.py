"""The owner's test alert, against a pretend webhook."""
