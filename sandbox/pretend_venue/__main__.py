"""Run the pretend venue and the pretend market data: ``python -m sandbox.pretend_venue --addresses FILE``.

They are no part of ``sandbox.serve``: no system that a person looks at trades there.
"""

import argparse
import asyncio
from pathlib import Path

import msgspec

from sandbox.pretend_venue import service, ticker
from sandbox.serve import running


async def _serve(addresses: Path) -> None:
    services = [*service.create(), *ticker.create()]
    async with running(services) as control:
        told = {"control": control} | {each.name: each.url for each in services}
        unfinished = addresses.with_name(f"{addresses.name}.unfinished")
        unfinished.write_bytes(msgspec.json.encode(told))
        unfinished.replace(addresses)
        await asyncio.Event().wait()


def main() -> None:
    """Read the command line and serve until killed."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.pretend_venue", description="Run a pretend venue.")
    parser.add_argument("--addresses", type=Path, required=True, help="file to write the addresses to, as JSON")
    asyncio.run(_serve(parser.parse_args().addresses))


if __name__ == "__main__":
    main()
