"""Integrity: verification, backups, redaction and time stamps."""
