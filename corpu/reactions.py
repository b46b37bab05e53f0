"""What follows from what. Read this file to learn how the rooms meet."""


def wire() -> None:
    pass
