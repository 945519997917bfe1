"""How subscriptions are answered: each event by one statement for all whose question is the same."""
