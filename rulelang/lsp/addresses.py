"""The addresses (URIs) by which editors call texts, and the paths by which the package does."""

from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from attrs import define, field

from rulelang.analysis.documents import plain


@define(eq=False)
class Addresses:
    """Paths by addresses and back; an address that an editor has used is given back as it wrote it."""

    _given: dict[Path, str] = field(factory=dict)

    def path(self, address: str) -> Path:
        """The path of a text; one that is no file gets a path of its own, on which nothing lies."""
        try:
            parts = urlsplit(address)
        except ValueError:  # half a bracket
            parts = urlsplit(quote(address))
        if parts.scheme == "file":
            name = unquote(parts.path, errors="surrogateescape")
            if parts.netloc and parts.netloc != "localhost":
                name = f"//{parts.netloc}{name}"
            if name[2:3] == ":" and name[:1] == "/":  # file:///c:/rules
                name = name[1:]
        else:
            name = f"/{parts.scheme or 'text'}:/{unquote(address.partition(':')[2]).lstrip('/')}"
        path = plain(Path(name.replace("\0", "")))
        self._given[path] = address
        return path

    def forget(self, path: Path) -> None:
        """Forget how an editor wrote an address."""
        self._given.pop(plain(path), None)

    def address(self, path: Path) -> str:
        """The address of a text."""
        path = plain(path)
        given = self._given.get(path)
        if given is not None:
            return given
        return path.as_uri() if path.is_absolute() else f"file:///{quote(path.as_posix())}"
