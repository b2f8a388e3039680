"""The papers on trial: a folder or a module each."""
