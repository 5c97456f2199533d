"""Execution: the one writer of trading rows; from signals to orders, from executions to books."""
