"""Commands for the people who work on the project; nothing of it runs in production."""
