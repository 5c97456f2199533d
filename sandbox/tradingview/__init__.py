"""A pretend TradingView that sends alerts to a webhook."""
