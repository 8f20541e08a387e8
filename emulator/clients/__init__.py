"""Clients under test: the programs that hold them, and the protocol that they speak. README.md here specifies it."""
