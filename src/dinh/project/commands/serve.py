"""`dinh serve`: the web server, the history, the worker and the gateways' services in one process."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import get_resolver

from dinh.kernel.errors import Conflict
from dinh.kernel.manifests import load, registry
from dinh.project import checkpointing, environment
from dinh.project.heads import BoundedHeads
from dinh.spine.jobs import api as jobs
from dinh.spine.observations import api as observations
from dinh.spine.submissions import api as submissions
from dinh.web import live

HELP = "serve the web, record readings and work, in one process"
log = structlog.get_logger("dinh.serve")
GRACE_S = 10
WAIT_FOR_HISTORY_S = 10.0


class Server(uvicorn.Server):
    """Two servers share this process: the signals are ours, not uvicorn's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dinh serve", description=HELP)
    parser.add_argument("--host", default=environment.read("DINH_HOST"))
    parser.add_argument("--port", type=int, default=environment.number("PORT"))
    parser.add_argument(
        "--tls", action="store_true", help="serve HTTPS with a certificate made in DINH_HOME, or --cert/--key"
    )
    parser.add_argument("--cert", type=Path)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--no-worker", action="store_true", help="leave background work to `dinh worker`")
    options = parser.parse_args(arguments)
    tls: dict[str, Any] = {}
    if options.tls or options.cert:
        from dinh.project import certificates

        cert, key = certificates.obtain(options.cert, options.key, environment.home(), options.host)
        tls = {"ssl_certfile": str(cert), "ssl_keyfile": str(key)}
    require_present_shape()
    listener = _listen(options.host, options.port)
    asyncio.run(_serve(listener, tls, worker=not options.no_worker), loop_factory=_loop)
    return 0


def require_present_shape() -> None:
    """Raises Conflict `serve.shape` while migrations wait: a server on an old shape would fail page by page."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise Conflict(
            "serve.shape", "the registers lack {count} changes of shape; run: dinh migrate", count=len(waiting)
        )


def _listen(host: str, port: int) -> socket.socket:
    """The network's listening socket. Raises Conflict `serve.port_taken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Conflict(
            "serve.port_taken",
            "cannot listen on {host}:{port} ({reason}); give another port: PORT={other} dinh serve",
            host=host,
            port=port,
            reason=error.strerror,
            other=port + 1,
        ) from error
    return listener


def _listen_locally(path: Path) -> socket.socket:
    """The socket for commands and workers, which this account alone may use from its first moment."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    return listener


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def _serve(listener: socket.socket, tls: dict[str, Any], *, worker: bool) -> None:
    from dinh.project.asgi import application

    await asyncio.to_thread(observations.start, wait_s=WAIT_FOR_HISTORY_S)
    await asyncio.to_thread(submissions.start)
    await asyncio.to_thread(lambda: get_resolver().url_patterns)  # else the first visitor waits for the imports
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    live.start(loop)
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    common: dict[str, Any] = {
        "lifespan": "off",
        "log_config": None,
        "timeout_graceful_shutdown": GRACE_S,
        "server_header": False,
        "http": BoundedHeads,
        "ws": "none",
        "forwarded_allow_ips": environment.listing("DINH_PROXIES"),
    }
    local = _listen_locally(settings.LOCAL_SOCKET)
    servers = [
        Server(uvicorn.Config(application, **tls, **common)),
        Server(uvicorn.Config(observations.local_application, **common)),
    ]
    ending = threading.Event()
    work = jobs.work_until if worker else jobs.watch_until
    thread = threading.Thread(target=work, args=(ending.is_set,), name="worker")
    async with AsyncExitStack() as stack:
        stack.callback(observations.stop)
        stack.callback(submissions.stop)
        thread.start()
        stack.push_async_callback(_join, thread, ending)
        services = [
            asyncio.create_task(load(manifest.service)(stop), name=manifest.slug)
            for manifest in registry.manifests()
            if manifest.service
        ]
        for task in services:
            task.add_done_callback(_tell_end)
        serving = [
            asyncio.create_task(server.serve([held])) for server, held in zip(servers, (listener, local), strict=True)
        ]
        await _until_started(servers, serving)
        host, port = listener.getsockname()[:2]
        log.info("listening", address=f"{'https' if tls else 'http'}://{host}:{port}/")
        ended = asyncio.create_task(stop.wait())
        await asyncio.wait([ended, *serving], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        live.stop()
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*serving, return_exceptions=True)
        await asyncio.gather(*services, return_exceptions=True)
        settings.LOCAL_SOCKET.unlink(missing_ok=True)
    if worker:
        await asyncio.to_thread(checkpointing.at_stop)


def _tell_end(task: asyncio.Task[None]) -> None:
    """A gateway that fails is told at once; the others go on."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("gateway ended", gateway=task.get_name(), exc_info=error)


async def _until_started(servers: list[Server], serving: list[asyncio.Task[None]]) -> None:
    while not all(server.started for server in servers):
        for task in serving:
            if task.done():
                task.result()
                raise SystemExit("dinh: the server could not start; see the line above")
        await asyncio.sleep(0.01)


async def _join(thread: threading.Thread, ending: threading.Event) -> None:
    ending.set()
    await asyncio.to_thread(thread.join, GRACE_S)
