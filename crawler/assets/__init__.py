"""Pictures, style sheets and fonts of pages: asked for once the pages are filed."""
