"""Tests of charts and of what is typed for one."""
