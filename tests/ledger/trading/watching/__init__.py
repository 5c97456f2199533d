"""Tests of alerts, schedules and screeners."""
