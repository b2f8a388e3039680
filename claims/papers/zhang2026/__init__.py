"""Zhang and Peyré (2026): the support gap."""
