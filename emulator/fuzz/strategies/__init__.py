"""What scripts are drawn from."""
