"""The broker of Interactive Brokers: its pure parts, and its link."""
