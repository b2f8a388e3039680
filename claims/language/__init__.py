"""The claim language: values that say what is assumed, what is run, what must then hold."""
