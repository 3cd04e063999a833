"""``python -m website``: write the sources of the site into ``build/website`` and build it into ``build/site``."""

import posixpath
import re
import shutil
import subprocess
import sys
from importlib.metadata import files as files_of
from pathlib import Path

import click

from website import codes, commands, gallery, python_api
from website.links import broken
from website.playground import with_links
from website.policy import seal
from website.sources import ROOT, files, homes, laid_out, relinked

SOURCES, BUILT = ROOT / "build" / "website", ROOT / "build" / "site"
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


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=BUILT, help="The folder of the site (build/site).")
@click.option("--playground", default="../index.html", help="The playground, from the root of the site; '' for none.")
def main(out: Path, playground: str) -> None:
    """Build the documentation site, and say which of its links are broken."""
    address = posixpath.normpath(playground) if playground else None
    write(SOURCES, address)
    shutil.rmtree(BUILT, ignore_errors=True)
    build = [sys.executable, "-m", "zensical", "build", "--strict", "-f", str(ROOT / "mkdocs.yml")]
    subprocess.run(build, cwd=ROOT, check=True)  # noqa: S603 - nothing of it comes from outside
    seal(BUILT)
    (BUILT / "licences.txt").write_text(_licences(), encoding="utf-8")
    if out.resolve() != BUILT:
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(BUILT, out)
    dead = [*broken(BUILT, address)]
    for each in dead:
        click.echo(each, err=True)
    click.echo(f"{sum(1 for _ in BUILT.rglob('*.html'))} pages in {out}, {len(dead)} broken links")
    sys.exit(bool(dead))


if __name__ == "__main__":
    main()
