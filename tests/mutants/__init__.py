"""Which check catches which mutant: what is written down, how it is found out, and what is printed of it."""
