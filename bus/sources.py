"""Names of sources that are no platform."""

FX = "fx"
"""The rate's source among the answers of a round."""
