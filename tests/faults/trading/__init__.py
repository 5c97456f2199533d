"""Faults of trading, played on whole systems that trade on paper in the pretend world."""
