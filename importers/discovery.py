"""Which files an import reads, which mapping is each table's, and which files are only read together with another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from importers.errors import BadFile, BadMapping, NoMapping
from importers.mapping import Mapping, load_mapping
from importers.opening import DUMP_SUFFIXES, open_table
from importers.plain import PLAIN_SUFFIXES
from importers.sheets import SHEET_SUFFIXES
from importers.table import TABLE_SUFFIXES, find_header
from ledger.errors import LedgerError

HIDDEN = (".", "~$")
"""How names start that nobody means: hidden files, and what a spreadsheet program keeps beside an open file."""

SUFFIXES = TABLE_SUFFIXES + SHEET_SUFFIXES + DUMP_SUFFIXES + PLAIN_SUFFIXES


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: a table has a mapping, and the files that its joins lend columns from."""

    path: Path
    mapping: Mapping | None = None
    joined: tuple[Path, ...] = ()


Stamp = tuple[tuple[str, int, int], ...]
"""Path, time and size of files, their mappings, and what they join: as long as they are the same, so are their documents."""


def stamp(sources: Sequence[Source]) -> Stamp:
    """Return what changes when one of the files is written."""
    paths = [path for s in sources for path in (s.path, *s.joined, *([s.mapping.path] if s.mapping else []))]
    return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in paths)


def list_sources(paths: Iterable[Path], mappings: Mappings) -> list[Source]:
    """Return the files to read; those that another of them joins are read with it, and by themselves never."""
    sources: list[Source] = []
    problems: dict[Path, LedgerError] = {}
    lent: set[Path] = set()
    for path in list_files(paths):
        try:
            found = _sources(path, mappings)
        except (NoMapping, BadFile) as error:
            problems[path] = error
            continue
        sources += found
        for source in found:
            both = zip(source.mapping.joins if source.mapping else (), source.joined, strict=True)
            lent |= {joined.resolve() for join, joined in both if join.file is not None}
    # What keeps a table from its joined file comes first: it may be why that file looks like a table without a mapping.
    for path, problem in sorted(problems.items(), key=lambda item: isinstance(item[1], NoMapping)):
        if path.resolve() not in lent:
            raise problem
    alone = [source for source in sources if source.path.resolve() not in lent]
    if sources and not alone:
        raise BadFile(f"{sources[0].path}: is only joined to another table; name that one")
    return alone


def _sources(path: Path, mappings: Mappings) -> list[Source]:
    if path.suffix.lower() in PLAIN_SUFFIXES:
        return [Source(path)]
    return [Source(path, mapping, tuple(mapping.joined_paths(path))) for mapping in mappings.of(path)]


def list_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files to read: each path, and of a folder what it directly holds, by name."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(item for item in path.iterdir() if item.suffix.lower() in SUFFIXES and not item.name.startswith(HIDDEN))
            if not inside:
                raise BadFile(f"{path}: holds no file to import ({', '.join(SUFFIXES)})")
            files += inside
        elif not path.exists():
            raise BadFile(f"{path}: no such file")
        else:
            files.append(path)
    return files


class Mappings:
    """Finds the mapping of each table: the one given, the one beside the file, or one of the books that fits.

    A dump holds many tables, so it may have several mappings: all that stand beside it, or all of the books that fit.
    """

    def __init__(self, base_currency: str, given: Path | None = None, folder: Path | None = None) -> None:
        self._base_currency = base_currency
        self._given = given
        self._folder = folder
        self._loaded: dict[Path, Mapping] = {}

    def of(self, path: Path) -> list[Mapping]:
        """Return the mapping for `path`, for a dump one or more; BadMapping where there is none, or more than there can be."""
        if self._given:
            return [self._load(self._given)]
        dump = path.suffix.lower() in DUMP_SUFFIXES
        beside = [item for item in (path.with_name(path.name + ".toml"), path.with_suffix(".toml")) if item.is_file() and item != path]
        if dump:
            beside = sorted({*beside, *(item for item in path.parent.glob("*.toml") if item.name.startswith(f"{path.stem}."))})
        if beside:
            return [self._load(item) for item in (beside if dump else beside[:1])]
        candidates = sorted(self._folder.glob("*.toml")) if self._folder else []
        fitting = [mapping for mapping in map(self._load, candidates) if _fits(mapping, path)]
        if len(fitting) > 1 and not dump:
            names = " and ".join(str(mapping.path) for mapping in fitting)
            raise BadMapping(f"{path}: {names} fit both; name one with --mapping")
        if not fitting:
            raise NoMapping(f"{path}: no mapping says how to read it; {self._remedy(path, candidates)}")
        return fitting

    def _load(self, path: Path) -> Mapping:
        if path not in self._loaded:
            self._loaded[path] = load_mapping(path, self._base_currency)
        return self._loaded[path]

    def _remedy(self, path: Path, candidates: Sequence[Path]) -> str:
        there = f"; the [match] of {', '.join(item.name for item in candidates)} does not fit" if candidates else ""
        folder = f" or put it into {self._folder} with a [match]" if self._folder else ""
        return f"give one with --mapping FILE, write {path.name}.toml beside it{folder}{there}"


def _fits(mapping: Mapping, path: Path) -> bool:
    match = mapping.match
    if not match.header and not match.name:
        return False
    if match.name and not fnmatchcase(path.name, match.name):
        return False
    if not match.header:
        return True
    try:
        find_header(path, open_table(path, mapping.table).rows, match.header, mapping.table)
    except BadFile:
        return False
    return True
