"""Where the ZIP file goes while it is made: cut into parts of equal size, each encrypted, never on a disk."""

from uuid import UUID

from models.secret import PersonKey

PART = 1 << 20
"""Bytes in each part but the last."""


def place(export_id: UUID, number: int) -> str:
    """What a part's ciphertext is bound to: parts can't be swapped, not within a copy either."""
    return f"data_export_part.content:{export_id}:{number}"


class Sink:
    """A file that can only be written, from front to back; what is finished waits to be taken."""

    def __init__(self, key: PersonKey, export_id: UUID) -> None:
        self._key = key
        self.export_id = export_id
        self._open = bytearray()
        self._finished: list[tuple[int, bytes]] = []
        self._parts = 0
        self.size = 0

    def write(self, data: bytes) -> int:
        """As files do."""
        self._open += data
        self.size += len(data)
        while len(self._open) >= PART:
            self._cut(PART)
        return len(data)

    def flush(self) -> None:
        """Nothing to do: a part is finished when it is full."""

    def close(self) -> None:
        """Finish the last part."""
        if self._open:
            self._cut(len(self._open))

    def take(self) -> list[tuple[int, bytes]]:
        """Numbers and ciphertexts of the parts that are finished and were not taken before."""
        taken, self._finished = self._finished, []
        return taken

    def _cut(self, size: int) -> None:
        # SECURITY: P16, P18: what leaves the process is under the person's key, which erasure destroys.
        sealed = self._key.encrypt_bytes(bytes(self._open[:size]), place(self.export_id, self._parts))
        self._finished.append((self._parts, sealed))
        self._parts += 1
        del self._open[:size]
