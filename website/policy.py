"""A policy in each page lets it load what lies beside it and nothing else, so that it can stand by the playground."""

import hashlib
import re
from pathlib import Path

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'"
)
SCRIPTS = "assets/javascripts"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_HEAD = re.compile(r'<meta charset="?utf-8"?>')


def seal(site: Path) -> None:
    """Move the scripts inside pages to files of their own, and write the policy into each page."""
    for path in site.rglob("*.html"):
        up = "../" * (len(path.relative_to(site).parts) - 1)

        def moved(found: re.Match[str], up: str = up) -> str:
            name = f"{SCRIPTS}/inline.{hashlib.sha256(found[1].encode()).hexdigest()[:12]}.js"
            (site / name).write_text(found[1], encoding="utf-8")
            return f'<script src="{up}{name}"></script>'

        text = _INLINE.sub(moved, path.read_text(encoding="utf-8"))
        text, count = _HEAD.subn(rf'\g<0><meta http-equiv="Content-Security-Policy" content="{POLICY}">', text, count=1)
        assert count == 1, f"{path} has no place for a policy"
        path.write_text(text, encoding="utf-8")
