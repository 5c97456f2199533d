"""The chat's part of trading; imported where TRADING is on, and nowhere else."""
