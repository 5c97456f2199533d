"""Who trades, where, and under which heading: users, accounts, portfolios, strategies."""
