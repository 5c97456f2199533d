"""The inside world: messages, sockets, settings and logs that every process shares."""
