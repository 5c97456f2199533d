"""Faults, played for real: processes, signals, clocks, disks, networks."""
