"""The fields of an article: title, authors, dates, places."""
