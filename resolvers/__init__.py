"""How a question is answered: selection + access plan -> one SQL statement -> JSON."""
