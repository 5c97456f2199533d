"""Rounds: opened by a tick, closed with a snapshot whose every number is true or marked."""
