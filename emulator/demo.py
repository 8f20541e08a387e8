"""The demo: the official SDK takes batches through their lives, on a virtual clock."""


def run(*, lines: int, seed: int, as_json: bool) -> None:
    """Run the demo and print its table."""
