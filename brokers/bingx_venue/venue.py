"""BingX as the loop sees it: one account, spot and perpetuals."""
