"""The way from a signal to an order: signals and their lives, questions, what people ask for, halts, jobs, balances."""
