"""The codes that a course may name: the kernel knows them, the compiler is given them."""

from corpu.codes import Codes, Vocabulary, same

__all__ = ["Codes", "Vocabulary", "same"]
