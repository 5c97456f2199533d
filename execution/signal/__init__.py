"""The owner's test alert: sent as TradingView would, and followed to its end."""
