"""Pages: each has a function ``page`` that shows it."""
