"""What archived pages show beside their words: pictures, style sheets, fonts."""
