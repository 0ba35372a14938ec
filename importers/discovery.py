"""Which files an import reads, and which mapping is each table's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from importers.encoding import find_encoding
from importers.errors import BadFile, BadMapping
from importers.mapping import Mapping, load_mapping
from importers.plain import PLAIN_SUFFIXES
from importers.table import TABLE_SUFFIXES, find_header, read_rows


def list_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files to read: each path, and of a folder what it directly holds, by name."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(item for item in path.iterdir() if item.suffix.lower() in TABLE_SUFFIXES + PLAIN_SUFFIXES)
            if not inside:
                raise BadFile(f"{path}: holds no file to import ({', '.join(TABLE_SUFFIXES + PLAIN_SUFFIXES)})")
            files += inside
        elif not path.exists():
            raise BadFile(f"{path}: no such file")
        else:
            files.append(path)
    return files


class Mappings:
    """Finds the mapping of each table: the one given, the one beside the file, or one of the books that fits."""

    def __init__(self, base_currency: str, given: Path | None = None, folder: Path | None = None) -> None:
        self._base_currency = base_currency
        self._given = given
        self._folder = folder
        self._loaded: dict[Path, Mapping] = {}

    def of(self, path: Path) -> Mapping:
        """Return the mapping for `path`; BadMapping where there is none, or more than one."""
        if self._given:
            return self._load(self._given)
        for beside in (path.with_name(path.name + ".toml"), path.with_suffix(".toml")):
            if beside.is_file():
                return self._load(beside)
        candidates = sorted(self._folder.glob("*.toml")) if self._folder else []
        fitting = [mapping for mapping in map(self._load, candidates) if _fits(mapping, path)]
        if len(fitting) > 1:
            names = " and ".join(str(mapping.path) for mapping in fitting)
            raise BadMapping(f"{path}: {names} fit both; name one with --mapping")
        if not fitting:
            raise BadMapping(f"{path}: no mapping says how to read it; {self._remedy(path, candidates)}")
        return fitting[0]

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
        encoding = find_encoding(path, mapping.table.encoding)
        find_header(path, read_rows(path, mapping.table, encoding), match.header, mapping.table)
    except BadFile:
        return False
    return True
