"""What users want watched, run at times, or listed: alerts, schedules, screeners."""
