"""The built page. A request's path is looked up among its files' names, and never joined to a folder."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parent / "page"
INDEX = "index.html"
MISSING = (
    "The page of the board is not built: run `make setup` in the checkout, then load this again."
)
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".md": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
KEPT, ASKED = "public, max-age=31536000, immutable", "no-cache"
"""For files whose names say what they hold, and for all others."""


class Page:
    """The page's files by the names that requests give them; listed anew when the page is built anew."""

    def __init__(self, folder: Path = PAGE):
        self.folder = folder
        self._built = -1
        self._files: dict[str, Path] = {}

    def file(self, name: str) -> tuple[Path, dict[str, str]] | None:
        """A file and its headers; None for what is none of the page's."""
        found = self._listed().get(name or INDEX)
        if found is None:
            return None
        kept = KEPT if name.startswith("assets/") else ASKED
        return found, {"content-type": TYPES[found.suffix], "cache-control": kept}

    @property
    def is_built(self) -> bool:
        return INDEX in self._listed()

    def _listed(self) -> dict[str, Path]:
        try:
            built = (self.folder / INDEX).stat().st_mtime_ns
        except OSError:
            return {}
        if built != self._built:
            found = (path for path in self.folder.rglob("*") if path.suffix in TYPES)
            self._files = {path.relative_to(self.folder).as_posix(): path for path in found}
            self._built = built
        return self._files
