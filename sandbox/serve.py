"""Run the whole pretend outside world: ``python -m sandbox.serve``.

One asyncio process, one port of 127.0.0.1 per service and one for control. When everything listens, the addresses are
written to a file in one piece, so that whoever waits for the file may connect at once.

Quirks: with ``--port-base N`` the control port is N and the services follow in the order printed; without it all ports
are free ones. With ``--with-parent`` it leaves when its parent is gone.
"""

import argparse
import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
from aiohttp import web

from sandbox.bingx import service as bingx
from sandbox.bybit import service as bybit
from sandbox.control.api import control_application
from sandbox.fx import service as fx
from sandbox.ib_gateway import service as ib_gateway
from sandbox.ibkr import service as ibkr
from sandbox.okx import service as okx
from sandbox.service import Service
from sandbox.tbank import service as tbank
from sandbox.telegram import service as telegram
from sandbox.tradingview import service as tradingview

_PARENT_CHECK_S = 0.3


def create() -> list[Service]:
    """Build every pretend service, none of them listening yet."""
    modules = (bybit, okx, tbank, ibkr, fx, telegram, bingx, tradingview, ib_gateway)
    return [service for module in modules for service in module.create()]


@contextlib.asynccontextmanager
async def running(
    services: Sequence[Service], *, control_port: int = 0, port_base: int = 0, home: Path | None = None
) -> AsyncIterator[str]:
    """Listen for all services and for control; give the control address.

    Args:
        services: What `create` built.
        control_port: The control port; 0 means `port_base`, or a free one.
        port_base: The first of consecutive ports; 0 means free ones.
        home: Where a system lives that looks at them; None for none.

    Yields:
        The control port's address.
    """
    async with contextlib.AsyncExitStack() as stack:
        for place, service in enumerate(services, start=1):
            await service.start(port_base + place if port_base else 0)
            stack.push_async_callback(service.stop)
        runner = web.AppRunner(control_application(services, home), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", control_port or port_base)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    services = create()
    ports = {"control_port": options.control_port, "port_base": options.port_base}
    async with running(services, **ports, home=options.home) as control:
        addresses = {"control": control} | {service.name: service.url for service in services}
        for name, address in addresses.items():
            print(f"{name:12} {address}", flush=True)
        if options.addresses is not None:
            _write(options.addresses, addresses)
        await (_orphaned_or(stop) if options.with_parent else stop.wait())


async def _orphaned_or(stop: asyncio.Event) -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _PARENT_CHECK_S)
            return


def _write(path: Path, addresses: dict[str, str]) -> None:
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(addresses)))
    unfinished.replace(path)


def main() -> None:
    """Read the command line and serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.serve", description="Run the pretend outside world.")
    parser.add_argument("--addresses", type=Path, help="file to write the addresses to, as JSON")
    parser.add_argument("--control-port", type=int, default=0, help="port of the control API; 0: a free one")
    parser.add_argument("--port-base", type=int, default=0, help="first of consecutive ports; 0: free ones")
    parser.add_argument("--home", type=Path, help="folder of a system that looks at this world, for the page's panel")
    parser.add_argument("--with-parent", action="store_true", help="leave when the parent process is gone")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
