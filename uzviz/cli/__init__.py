"""The command line: it parses, calls the api, and prints."""


def main() -> int:
    """The entry point of the command ``uzviz``; it returns the exit code."""
    from uzviz.cli.app import main

    return main()


__all__ = ["main"]
