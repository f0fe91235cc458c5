"""The command line: it parses, calls the api, and prints."""


def main() -> None:
    """The entry point of the command ``uzviz``."""
    from uzviz.cli.app import main

    main()


__all__ = ["main"]
