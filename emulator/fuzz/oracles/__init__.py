"""What tells right from wrong; none of it is code of the server."""
