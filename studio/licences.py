"""Print the name and the licence of a wheel: `python licences.py WHEEL`."""

import sys
import zipfile
from email import message_from_string

with zipfile.ZipFile(sys.argv[1]) as archive:
    names = archive.namelist()
    about = message_from_string(archive.read(next(n for n in names if n.endswith(".dist-info/METADATA"))).decode())
    texts = [archive.read(n).decode() for n in names if ".dist-info/" in n and "licen" in n.lower() and n[-1] != "/"]
    said = "\n".join(texts) or f"Licence: {about['License-Expression'] or about['License']}"
    print(f"{about['Name']} {about['Version']}\n\n{said}")
