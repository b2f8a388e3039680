"""Networks: passes, gradients, update rules and training."""
