"""Watches the others: supervisord's events, silent processes, a hub that forwards nothing; raises alerts."""
