"""The bridge to RabbitMQ."""
