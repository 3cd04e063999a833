"""``python -m website``: write the sources of the site into ``build/website``, and the site into ``build/site``."""

import json
import posixpath
import re
import shutil
import subprocess
import sys
from importlib.metadata import files as files_of
from pathlib import Path

import click

from rulelang.base.diagnostic import RulelangError
from rulelang.base.outputs import OutputError, refused_output
from rulelang.tools.studio.shared_folder import digest
from rulelang.tools.studio.site import MANIFEST, Site, earlier_copy, export
from website import codes, commands, gallery, python_api
from website.links import broken
from website.playground import with_links
from website.policy import seal
from website.sources import ROOT, files, homes, laid_out, relinked

SOURCES, BUILT, SITE = (ROOT / "build" / name for name in ("website", "pages", "site"))
"""The first two are made anew each time; the site itself goes where nothing but an earlier copy of it stands."""
BY = "rulelang website"
"""What the list of a site's files says it was made by; a folder without it is somebody else's."""
MADE = {"commands": commands.page, "codes": codes.page, "python": python_api.page}
"""What stands in the place of a mark such as ``<!-- commands -->`` on a page."""


def pages(playground: str | None) -> dict[str, str]:
    """Every page of the site in Markdown, by its path; ``playground`` is its address from the root of the site."""
    known = homes() | files() | {"README.md": "index.md"}
    held = dict(gallery.pages(playground and f"../{playground}"))
    found = {}
    for source, place in homes().items():
        text = relinked((ROOT / source).read_text(encoding="utf-8"), source, place, known)
        if playground is not None:
            text = with_links(text, "../" * place.count("/") + playground)
        if place == "gallery/index.md":
            text = text.replace("\n|", f"\n{gallery.cards()}\n|", 1)
        elif place.startswith("codes/"):
            text = re.sub(r"(?m)^(## (?:Example|Use instead).*)$", rf"\1 {gallery.HIDDEN}", text)
        elif place.startswith("gallery/"):
            pictures, texts = held.get(Path(place).stem, ("", ""))
            text = text.replace("\n## ", f"\n{pictures}\n## ", 1) + texts
        for name, made in MADE.items():
            mark = f"<!-- {name} -->\n"
            text = text.replace(mark, made()) if mark in text else text
        found[place] = laid_out(text)
    return found


def write(folder: Path, playground: str | None) -> None:
    """Write the sources of the site into a folder, in place of what was there."""
    shutil.rmtree(folder, ignore_errors=True)
    for place, text in pages(playground).items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    for source, place in files().items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / source, folder / place)


def _licences() -> str:
    """The licence of what the site holds of the program that built it."""
    texts = [path for path in files_of("zensical") or [] if path.name.upper().startswith("LICENSE")]
    return "The scripts, styles and icons of these pages are those of Zensical.\n\n" + "".join(
        path.read_text(encoding="utf-8") for path in texts
    )


def free(out: Path) -> None:
    """Make sure that the site can be written to a folder without taking anything away.

    Raises:
        OutputError: the folder holds the checkout or what is built in it, is part of that, or holds files of others.
    """
    aim = out.resolve()
    for kept in (SOURCES.resolve(), BUILT.resolve()):
        if kept.is_relative_to(aim) or aim.is_relative_to(kept):
            raise refused_output(out, f"{kept} belongs to the build", "choose a new folder")
    earlier_copy(out, BY)


def listed(folder: Path) -> Site:
    """The files of a site that was built, with a list of them by which a copy is known again."""
    (folder / MANIFEST).unlink(missing_ok=True)
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    files = {name: {"sha256": digest(path.read_bytes())} for name, path in found.items()}
    (folder / MANIFEST).write_text(json.dumps({"made": BY, "files": files}, indent=1) + "\n", encoding="utf-8")
    return {**found, MANIFEST: folder / MANIFEST}


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=SITE, help="The folder of the site (build/site).")
@click.option("--playground", metavar="ADDRESS", help="The playground's index.html, from the root of the site.")
def main(out: Path, playground: str | None) -> None:
    """Build the documentation site, and say which of its links are broken.

    The folder is new, empty, or holds an earlier copy.  With --playground the examples have links that open them there.
    """
    try:
        free(out)
        build(out, posixpath.normpath(playground) if playground else None)
    except RulelangError as error:
        click.echo("\n".join(each.message for each in error.diagnostics), err=True)
        sys.exit(2 if isinstance(error, OutputError) else 3)


def build(out: Path, address: str | None) -> None:
    """Build the site and copy it to its folder; ends with 1 if a link of it is broken."""
    write(SOURCES, address)
    shutil.rmtree(BUILT, ignore_errors=True)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "-f", str(ROOT / "mkdocs.yml")]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - nothing of it comes from outside
    seal(BUILT)
    (BUILT / "licences.txt").write_text(_licences(), encoding="utf-8")
    export(listed(BUILT), out, BY)
    dead = [*broken(BUILT, address)]
    for each in dead:
        click.echo(each, err=True)
    click.echo(f"{sum(1 for _ in BUILT.rglob('*.html'))} pages in {out}, {len(dead)} broken links")
    sys.exit(bool(dead))


if __name__ == "__main__":
    main()
