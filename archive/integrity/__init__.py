"""Integrity: verification, backups and redaction."""
