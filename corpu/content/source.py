"""Read the folder of a course as bytes, and refuse what does not belong in one.

Nothing is followed out of the folder, and sizes are looked at before a file is opened.
"""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corpu.content.limits import MEGABYTE, Limits
from corpu.content.problems import Phrase, Problem, Problems
from corpu.errors import N_

IGNORED = {"Thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class CourseSource:
    """The files of a course as they are: path (posix, relative) → bytes."""

    slug: str
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()

    @property
    def source_hash(self) -> str:
        """SHA-256 over paths and contents: equal exactly when every file is equal."""
        whole = hashlib.sha256()
        for path in sorted(self.files):
            whole.update(path.encode() + b"\0" + hashlib.sha256(self.files[path]).digest())
        return whole.hexdigest()


def is_ignored(name: str) -> bool:
    """What editors and file managers leave behind is no part of a course."""
    return name.startswith(".") or name.endswith("~") or name in IGNORED


def size_limit(path: str, limits: Limits) -> int:
    """The most bytes that a file of this name may have."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix == ".md":
        return limits.page
    if suffix in {".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg"}:
        return limits.picture
    if suffix in {".mp4", ".webm", ".mp3", ".ogg", ".m4a"}:
        return limits.video
    return limits.document


def report_size(problems: Problems, path: str, size: int, limits: Limits) -> bool:
    """Whether the file is too large; says so where it is."""
    limit = size_limit(path, limits)
    if size <= limit:
        return False
    if path.endswith(".md"):
        problems.add("page-too-large", path, size=-(-size // 1024), limit=limit // 1024)
    else:
        megabytes = f"{size / MEGABYTE:.1f}".replace(".", ",")
        problems.add("media-too-large", path, size=megabytes, limit=limit // MEGABYTE)
    return True


def read_course(path: Path, limits: Limits | None = None) -> CourseSource:
    """Read the folder of one course; what could not be read stands in `problems`."""
    limits = limits or Limits()
    root = Path(path)
    slug = root.resolve().name
    problems = Problems(slug, limits.problems)
    files: dict[str, bytes] = {}
    if root.is_symlink():
        problems.add("symlink", "course.md")
        return CourseSource(slug, {}, problems.sorted())
    total = 0
    for found in _walk(root, "", problems, limits):
        name, size = found
        if len(files) >= limits.files:
            problems.add("too-many-files", name, limit=limits.files)
            break
        if report_size(problems, name, size, limits):
            files[name] = b""
            continue
        total += size
        if total > limits.course:
            problems.add("course-too-large", "course.md", limit=limits.course // MEGABYTE)
            break
        try:
            files[name] = _read_regular(root / name)
        except OSError as error:
            problems.add("unreadable-file", name, reason=error.strerror or str(error))
    return CourseSource(slug, files, problems.sorted())


def _walk(
    root: Path, prefix: str, problems: Problems, limits: Limits, depth: int = 0
) -> Iterator[tuple[str, int]]:
    """Yield (relative path, size) of regular files, in the order of their names."""
    try:
        entries = sorted(os.scandir(root), key=lambda entry: entry.name)
    except OSError as error:
        place = prefix.rstrip("/") or "course.md"
        problems.add("unreadable-file", place, reason=error.strerror or str(error))
        return
    for entry in entries:
        name = prefix + entry.name
        if is_ignored(entry.name):
            continue
        try:
            name.encode()
            mode = entry.stat(follow_symlinks=False)
        except (OSError, UnicodeEncodeError):
            shown = name.encode(errors="replace").decode()
            problems.add("unreadable-file", shown, reason=Phrase(N_("nama atau hak akses")))
            continue
        if stat.S_ISLNK(mode.st_mode):
            problems.add("symlink", name)
        elif stat.S_ISDIR(mode.st_mode):
            if depth >= limits.nesting:
                problems.add("nesting-too-deep", name, limit=limits.nesting)
            else:
                yield from _walk(Path(entry.path), name + "/", problems, limits, depth + 1)
        elif stat.S_ISREG(mode.st_mode):
            yield name, mode.st_size
        else:
            problems.add("unreadable-file", name, reason="bukan berkas biasa")


def _read_regular(path: Path) -> bytes:
    """Read without following a link that appeared since we looked, or hanging on a pipe."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        return file.read()


def is_course(path: Path) -> bool:
    return (path / "course.md").is_file()


def course_folders(paths: Iterable[Path]) -> list[Path]:
    """The folders of courses that these paths mean: themselves, or their direct children.

    A path inside a course stands for that course.
    """
    folders: list[Path] = []
    for path in map(Path, paths):
        inside = [place for place in (path, *path.absolute().parents) if is_course(place)]
        if inside:
            folders.append(inside[0])
        elif path.is_dir():
            children = sorted(
                child for child in path.iterdir() if child.is_dir() and not is_ignored(child.name)
            )
            folders.extend(children or [path])
        else:
            folders.append(path)
    return list(dict.fromkeys(folders))


def read_tree(paths: Iterable[Path], limits: Limits | None = None) -> list[CourseSource]:
    """Read every course that the paths name or hold."""
    return [read_course(folder, limits) for folder in course_folders(paths)]
