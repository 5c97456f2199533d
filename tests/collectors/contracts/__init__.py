"""What every collector promises: classes of tests, subclassed for each platform."""
