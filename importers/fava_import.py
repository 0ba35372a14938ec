"""An import-config for Fava and beangulp, ready to use: files of the books' own imports folder, shown as what they would post.

In `main.beancount`:

    1970-01-01 custom "fava-option" "import-config" "import_config.py"
    1970-01-01 custom "fava-option" "import-dirs" "imports/"

and in `import_config.py` beside it:

    from importers.fava_import import CONFIG, HOOKS

Saving is switched off for each entry: the page shows them, `orderledger import` posts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from importers.beangulp_importer import DocumentsImporter
from importers.preview import DUPLICATE


def only_show(extracted: Sequence[tuple[Any, ...]], _existing: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
    """Mark every entry as one that is not to be saved."""
    for _, entries, *_ in extracted:
        for entry in entries:
            entry.meta.setdefault(DUPLICATE, True)
    return extracted


CONFIG = [DocumentsImporter()]
HOOKS = [only_show]
