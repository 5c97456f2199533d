"""Everything that is said on the bus, by subject; a process decodes the kinds that it hears, and no other.

Frames are `[topic, body]`: the topic is the message's kind, with `.platform` or `.name` behind it where one sender is
worth listening to alone; the body is MessagePack. To change a message, add a field with a default: readers ignore
fields that they do not know, and golden bytes in the tests prove that old messages still decode. Every message may
be said twice, late or never; what must not be lost is in the ledger.
"""
