"""The webhook: who may send a signal, what a signal is, and the inbox that it goes into; reached from the internet."""
