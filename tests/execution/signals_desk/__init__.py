"""Tests of the signals desk."""
