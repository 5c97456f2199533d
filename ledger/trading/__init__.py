"""The books of many users' trading: their tables, and the services that are the only way to them."""
