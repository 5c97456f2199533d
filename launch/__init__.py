"""Everything that runs, in one table, and how it is started: `.env`, what each program may know, as whom it runs."""
