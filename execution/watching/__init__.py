"""What users want watched and done at times: alerts, schedules, screeners, and how their venues are."""
