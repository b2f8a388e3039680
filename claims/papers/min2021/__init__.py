"""Min et al. (2021): overparametrized linear networks."""
