"""The bridge: the rows of `events_out` to RabbitMQ's topic exchange, for whoever else listens to trading."""
