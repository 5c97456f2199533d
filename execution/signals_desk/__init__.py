"""From the inbox to a written intent: what a signal means, whether it may be ordered, and what people want besides."""
