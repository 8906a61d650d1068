"""One module per revision; each spells its tables out, whatever the schema says today."""
