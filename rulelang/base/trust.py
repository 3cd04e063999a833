"""Whether what stands at a place could have been written by somebody who could not write the program's own code.

The program reads some files that it made itself.  Whoever can write them speaks with the program's voice, so they are
believed only where nobody can who could not change the program anyway: root, the owner of the code, and the user.
"""

import os
import stat
from pathlib import Path


def why_not(status: os.stat_result, code: os.stat_result) -> str | None:
    """Why a file or folder is not to be believed (a phrase), ``code`` being the program's own; ``None`` if it is.

    On systems without owners of this kind there is nothing to go by, and everything is believed.
    """
    if not hasattr(os, "geteuid"):
        return None
    if stat.S_ISLNK(status.st_mode):
        return "is a symbolic link"
    if status.st_uid not in {0, code.st_uid, os.geteuid()}:
        return "belongs to another user"
    others = stat.S_IWGRP | stat.S_IWOTH
    if status.st_mode & others & ~code.st_mode or (status.st_mode & stat.S_IWGRP and status.st_gid != code.st_gid):
        return "can be written by others"
    return None


def is_ours(folder: Path) -> bool:
    """Whether nobody else can put a file into a folder, nor another folder into its place.

    A folder that is not there yet is as safe as the nearest above it that is.  Further up a folder in which everybody
    may write does no harm if what is in it can only be renamed by its owner, as in the folder for temporary files.
    """
    code = Path(__file__).stat()
    place, below = Path(os.path.realpath(folder)), False
    for each in (place, *place.parents):
        try:
            status = each.stat()
        except FileNotFoundError:
            continue
        except OSError:
            return False
        shared = below and status.st_mode & stat.S_ISVTX and status.st_uid in {0, code.st_uid}
        if not shared and why_not(status, code) is not None:
            return False
        below = True
    return True
