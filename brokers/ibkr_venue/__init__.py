"""Interactive Brokers as the loop sees it: the link to the gateway, contracts, quotes, the account, orders."""
