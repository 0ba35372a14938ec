"""Names for processes that hold something in the store, so that others can tell when it is theirs no more."""

from __future__ import annotations

import os
import secrets


def owner_name() -> str:
    """Return a name for this process that no other has or will have: machine, process, chance."""
    return f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(4)}"


def is_gone(owner: str) -> bool:
    """Tell whether an owner is a process of this machine that has ended: nobody needs to wait for it."""
    host, _, rest = owner.partition(":")
    process = rest.partition(":")[0]
    if host != os.uname().nodename or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
