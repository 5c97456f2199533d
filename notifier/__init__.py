"""The chat: snapshots worded for people."""
