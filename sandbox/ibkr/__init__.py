"""A pretend IBKR Flex Web Service."""
