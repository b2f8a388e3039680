"""Published worst cases of first-order methods, each a conjecture of at most fifteen lines."""
