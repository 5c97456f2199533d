"""The files that the pretend Telegram was given: checked, kept, and sent again by their ids.

Follows https://core.telegram.org/bots/api#sending-files and the public source of the Bot API server (read 2026-11): a
file comes as a part that has the parameter's own name, as another part that the parameter names with `attach://`, or
as the id of a file that came before.

Quirks: a file by its HTTP address is never fetched. The size of a JPEG is not read. Ids keep growing over a reset.
"""

import struct
from collections.abc import Mapping

import msgspec

from sandbox.telegram.chat import RefusalError, Upload

PHOTO_BYTES = 10 << 20
UPLOAD_BYTES = 50 << 20
DOWNLOAD_BYTES = 20 << 20
ATTACH = "attach://"
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


class Files:
    """Every file by its id."""

    def __init__(self) -> None:
        """Start with none."""
        self._files: dict[str, Upload] = {}
        self._last = 0

    def forget(self) -> None:
        """Drop every file."""
        self._files.clear()

    def take(self, kind: str, written: str, *, parts: Mapping[str, Upload], missing: str = "") -> Upload:
        """Return the file that a request names.

        Args:
            kind: "photo" or "document".
            written: What the parameter says: nothing, `attach://` and a part's name, or a file's id.
            parts: The files that came with the request, by the names of their parts.
            missing: What to refuse a request with that has no such file.

        Raises:
            RefusalError: There is none, or it may not be sent so.
        """
        if written and not written.startswith(ATTACH):
            return self._again(kind, written)
        upload = parts.get(written.removeprefix(ATTACH) or kind)
        if upload is None:
            raise RefusalError(400, missing or f"Bad Request: there is no {kind} in the request")
        _check(kind, upload)
        self._last += 1
        self._files[f"{kind}_{self._last}"] = kept = msgspec.structs.replace(
            _measured(upload) if kind == "photo" else upload, kind=kind, file_id=f"{kind}_{self._last}"
        )
        return kept

    def find(self, file_id: str) -> Upload:
        """Return the file with an id.

        Raises:
            RefusalError: There is none, or it is too big to be fetched.
        """
        upload = self._files.get(file_id)
        if upload is None:
            raise RefusalError(400, f"Bad Request: {'invalid file_id' if file_id else 'file_id not specified'}")
        if len(upload.content) > DOWNLOAD_BYTES:
            raise RefusalError(400, "Bad Request: file is too big")
        return upload

    def at(self, path: str) -> Upload | None:
        """Return the file that is fetched from a path, None for a path that getFile never told."""
        return next((upload for upload in self._files.values() if file_path(upload) == path), None)

    def _again(self, kind: str, file_id: str) -> Upload:
        upload = self._files.get(file_id)
        if upload is None:
            raise RefusalError(400, "Bad Request: wrong file identifier/HTTP URL specified")
        if upload.kind != kind:
            was, wanted = upload.kind.capitalize(), kind.capitalize()
            raise RefusalError(400, f"Bad Request: can't use file of type {was} as {wanted}")
        return upload


def file_object(upload: Upload) -> dict[str, object]:
    """Return what every kind of file has in the Bot API."""
    return {
        "file_id": upload.file_id,
        "file_unique_id": f"unique_{upload.file_id}",
        "file_size": len(upload.content),
    }


def file_path(upload: Upload) -> str:
    """Return the path that a file is fetched from, below `/file/bot<token>/`."""
    number = upload.file_id.rpartition("_")[2]
    ending = "png" if is_png(upload.content) else "jpg" if is_jpeg(upload.content) else "bin"
    return f"{upload.kind}s/file_{number}.{ending}"


def is_png(content: bytes) -> bool:
    """Tell whether a file begins as a PNG does."""
    return content.startswith(_PNG)


def is_jpeg(content: bytes) -> bool:
    """Tell whether a file begins as a JPEG does."""
    return content.startswith(_JPEG)


def _check(kind: str, upload: Upload) -> None:
    size = len(upload.content)
    if size > UPLOAD_BYTES:
        raise RefusalError(413, "Request Entity Too Large")
    if size == 0:
        raise RefusalError(400, "Bad Request: file must be non-empty")
    if kind == "photo" and size > PHOTO_BYTES:
        limit = f"the maximum size is {PHOTO_BYTES} bytes"
        raise RefusalError(400, f"Bad Request: file of size {size} bytes is too big for a photo; {limit}")


def _measured(upload: Upload) -> Upload:
    if is_png(upload.content) and len(upload.content) >= 24:
        width, height = struct.unpack(">II", upload.content[16:24])
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise RefusalError(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
        return msgspec.structs.replace(upload, width=width, height=height)
    if is_jpeg(upload.content):
        return msgspec.structs.replace(upload, width=800, height=600)
    raise RefusalError(400, "Bad Request: IMAGE_PROCESS_FAILED")
