"""The report as pages for a browser: an overview and a page a paper, without a network and without scripts to read."""
