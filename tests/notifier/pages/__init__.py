"""Tests of the chat's pages, case by case."""
