"""Which version runs: a number for the owner, and the commit that it was installed from where git knows it."""

from pathlib import Path

VERSION = "0.3.0"
ROOT = Path(__file__).resolve().parent.parent
SHOWN = 7


def commit(root: Path = ROOT) -> str:
    """Return the commit's first digits, empty where the program was not cloned with git.

    Args:
        root: The folder that was cloned.
    """
    folder = root / ".git"
    try:
        if folder.is_file():  # a second work tree: the file says where the folder is
            folder = root / folder.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
        head = (folder / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref:"):
            return head[:SHOWN]
        name = head.removeprefix("ref:").strip()
        common = folder / "commondir"
        shared = folder / common.read_text(encoding="utf-8").strip() if common.exists() else folder
        if (shared / name).exists():
            return (shared / name).read_text(encoding="utf-8")[:SHOWN]
        packed = (shared / "packed-refs").read_text(encoding="utf-8").splitlines()
        return next((line[:SHOWN] for line in packed if line.endswith(f" {name}")), "")
    except OSError:
        return ""
