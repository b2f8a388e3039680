"""Running parts of trials where they can harm nothing but themselves: sources, guards, worker processes."""
