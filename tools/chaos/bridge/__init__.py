"""Chaos at the bridge: a real RabbitMQ that dies, and every event that must come through nevertheless."""
