"""A site's file: model, loader, validation, schedule."""
