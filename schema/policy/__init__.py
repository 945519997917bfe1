"""The commands `policy …`: what the access rules say, read in the terminal."""
