"""What was found: reports made from the evidence record alone, and the command line."""
