"""The pretend IB Gateway, as ib_async's own client sees it."""
