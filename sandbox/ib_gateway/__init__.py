"""A pretend IB Gateway that speaks the real protocol of TWS over TCP."""
