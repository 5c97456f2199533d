"""Moved."""

from bus.messages.rounds import Account as Account
