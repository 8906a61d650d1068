"""Pictures that are made: of an edit (``edits``), of an archived page (``screenshots``)."""
