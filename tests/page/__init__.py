"""Tests of the sandbox's page in a real Chromium."""
