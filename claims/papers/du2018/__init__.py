"""Du, Hu and Lee (2018): layers are automatically balanced."""
