"""`lemmata cluster`: its command, page and pictures."""
