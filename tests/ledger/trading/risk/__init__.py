"""Tests of limits and breaches."""
