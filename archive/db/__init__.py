"""The database: tables, views, sessions, and what is SQLite's own."""
