"""Disks of a test's own: one that can be full, and one whose contents at an instant can be kept."""
import contextlib
import pathlib
import subprocess


class Image:
    """A disk in a file, whose contents are what a power loss would leave. Only explicitly flushed data are written to it."""

    def __init__(self, house, name, megabytes):
        self.house, self.file = house, house.folder / f"{name}.img"
        with open(self.file, "wb") as out:
            out.truncate(megabytes << 20)
        subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", self.file], check=True)

    def mount(self, name):
        place = self.house.folder / name
        place.mkdir()
        self.mount_at(place)
        place.chmod(0o755)
        return place

    def mount_at(self, place):
        subprocess.run(["mount", "-o", "loop,commit=300", self.file, place], check=True)
        self.house.mounts.append(place)

    def copy(self, name):
        other = object.__new__(Image)
        other.house, other.file = self.house, self.house.folder / f"{name}.img"
        subprocess.run(["cp", "--sparse=always", self.file, other.file], check=True)
        return other


class Disk:
    """Fills a file system, and empties it again."""

    def __init__(self, place):
        self.filler = pathlib.Path(place) / "filler"

    def fill(self):
        with contextlib.suppress(OSError), open(self.filler, "wb", buffering=0) as out:
            for size in (1 << 20, 4096):
                with contextlib.suppress(OSError):
                    while True:
                        out.write(bytes(size))

    def free(self):
        self.filler.unlink()
