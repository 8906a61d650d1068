"""The database: tables, views, sessions, and what each engine has of its own."""
