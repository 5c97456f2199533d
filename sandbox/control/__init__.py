"""The control port, through which tests, the demo and people change the pretend world while it runs."""
