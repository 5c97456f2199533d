"""The pretend outside world: wire-faithful stand-ins for every service that the system talks to.

It imports nothing of the product (a fake must not share its subject's bug) and is started with
``python -m sandbox.serve``.
"""
