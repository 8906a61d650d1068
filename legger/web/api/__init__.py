"""The archive for programs: what is asked (``routes``) and what is answered (``models``)."""
