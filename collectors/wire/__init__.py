"""The platforms' answers, read: no network here."""
