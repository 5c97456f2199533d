"""The ways out to the platforms: bounded in time and size, and to allowed places alone."""
