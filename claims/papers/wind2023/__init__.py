"""Wind, Antun and Hansen (2023): diagonal linear networks."""
