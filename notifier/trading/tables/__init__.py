"""The commands of trading, a file for each group of them."""
