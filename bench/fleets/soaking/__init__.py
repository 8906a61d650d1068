"""The real clock and real visits at the practice newspaper, whose time a driver moves on."""
