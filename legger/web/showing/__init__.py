"""How things are shown on pages: two versions side by side, calendars, where a fact came from."""
