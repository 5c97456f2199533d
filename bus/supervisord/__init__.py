"""supervisord, as the programs that it runs and the owner's commands speak to it."""
