"""Alerts (P22): what staff want to hear of, which stories meet it, and what is to be told."""
