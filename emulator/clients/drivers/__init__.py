"""Drivers: each file is a program that holds one client, run by its path under any interpreter that has that client."""
