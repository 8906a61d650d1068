"""Commands about extraction and boilerplate."""
