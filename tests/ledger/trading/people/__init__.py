"""Tests of users, accounts, portfolios and strategies."""
