"""Data sets that are fetched from the network: by name alone, once, and only as the files that they are."""

from __future__ import annotations

import hashlib
import http.client
import os
import tempfile
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from uzviz import __version__, cache
from uzviz.errors import InputError, shown

SECURE = ("https://",)
"""How addresses begin that are asked, and to which a server may lead on."""
TIMEOUT = 30.0
"""Seconds without an answer."""
CHUNK = 1 << 18


class File(NamedTuple):
    """A file as its bytes are known."""

    name: str
    size: int
    sha256: str


class Remote(NamedTuple):
    """A data set on the network."""

    places: tuple[str, ...]
    """Addresses of folders with its files: the next is asked where one fails."""
    files: tuple[File, ...]


# Sizes and SHA-256 are those that TensorFlow Datasets keeps (tensorflow_datasets/url_checksums/mnist.txt and
# fashion_mnist.txt). MNIST's two test files were compared with a copy of them, and agree in size, SHA-256 and
# the MD5 that torchvision keeps. The other six files, and whether the addresses answer, could not be checked
# where this was written; of Fashion-MNIST, the same files have an MD5 each in its authors' README.
REMOTE = {
    "mnist": Remote(
        (
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
        ),
        (
            File("train-images-idx3-ubyte.gz", 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            File("train-labels-idx1-ubyte.gz", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            File("t10k-images-idx3-ubyte.gz", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            File("t10k-labels-idx1-ubyte.gz", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ),
    ),
    "fashion-mnist": Remote(
        ("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",),
        (
            File("train-images-idx3-ubyte.gz", 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            File("train-labels-idx1-ubyte.gz", 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            File("t10k-images-idx3-ubyte.gz", 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            File("t10k-labels-idx1-ubyte.gz", 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ),
    ),
}  # fmt: skip


def fetched(name: str) -> Path:
    """The folder with a data set's files, each of them fetched unless it is there, whole.

    A file stands under its name once all of its bytes are those that are known; what comes from the network
    stands under another name until then.

    Raises
    ------
    InputError
        when a file can be had from no place, has other bytes, or cannot be kept.
    """
    remote, folder = REMOTE[name], cache.folder() / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in remote.files:
            if not _whole(folder / file.name, file):
                _fetch(name, remote, file, folder)
    except OSError as error:
        raise InputError(
            f"{name} cannot be kept in {shown(str(folder))} ({error.strerror or error}): make room there, or set "
            f"{cache.VARIABLE} to another folder."
        ) from None
    return folder


def _whole(path: Path, file: File) -> bool:
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    with open(path, "rb") as kept:
        return hashlib.file_digest(kept, "sha256").hexdigest() == file.sha256


def _fetch(name: str, remote: Remote, file: File, folder: Path) -> None:
    """Get a file from the first place that has it."""
    failed = []
    for place in remote.places:
        handle, unfinished = tempfile.mkstemp(prefix=f".{file.name}.", dir=folder)
        try:
            with open(handle, "wb") as out:
                failure = _download(place + file.name, file, out)
                out.flush()
                os.fsync(out.fileno())
            if failure is None:
                os.replace(unfinished, folder / file.name)
                return
            failed.append(f"{place}: {failure}")
        finally:
            with suppress(FileNotFoundError):
                os.unlink(unfinished)
    raise InputError(
        f"{file.name} of {name} cannot be fetched ({'; '.join(failed)}): look at the connection, or put its "
        f"{len(remote.files)} files into {shown(str(folder))}."
    )


class _Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: str):
        if not newurl.startswith(SECURE):
            raise urllib.error.URLError(f"it leads on to {shown(newurl)}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _download(address: str, file: File, out: Any) -> str | None:
    """Write what an address gives; returns why it is not the file, or None."""
    if not address.startswith(SECURE):
        return "the address is not https"
    digest, size = hashlib.sha256(), 0
    request = urllib.request.Request(address, headers={"User-Agent": f"uzviz/{__version__}"})
    opener = urllib.request.build_opener(_Redirects)
    try:
        answer = opener.open(request, timeout=TIMEOUT)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return shown(str(getattr(error, "reason", None) or error))
    with answer:
        while size <= file.size:
            try:
                data = answer.read(min(CHUNK, file.size + 1 - size))
            except (OSError, http.client.HTTPException) as error:
                return f"it broke off after {size:,} of {file.size:,} bytes ({shown(str(error))})"
            if not data:
                break
            out.write(data)
            digest.update(data)
            size += len(data)
    if size < file.size:
        return f"it has only {size:,} of {file.size:,} bytes"
    if size > file.size:
        return f"it has more than {file.size:,} bytes"
    if digest.hexdigest() != file.sha256:
        return f"its SHA-256 is {digest.hexdigest()}, but must be {file.sha256}"
    return None
