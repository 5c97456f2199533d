"""The books of trading, on both databases."""
