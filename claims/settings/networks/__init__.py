"""Networks, products of layers and the balance of their layers."""
