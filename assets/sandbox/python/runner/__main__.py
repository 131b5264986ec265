"""Waits for one job, does it, tells its result and ends. Jobs and results are frames on descriptors of their own: the streams belong to the tool."""

import ast
import asyncio
import errno
import inspect
import json
import linecache
import os
import socket
import struct
import sys
import traceback
import types

import agent_state as agent_states
import coercion
import results

JOBS = 3
RESULTS = 4
MESSAGE_LENGTH = 1000
# What the kernel says where the sandbox has no way, or refuses it.
UNREACHABLE = (errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH)

# Its functions live on in it when another module takes its name.
OWN = sys.modules["__main__"]

# The tool finds neither this program nor its parts.
HERE = sys.path.pop(0)
for name in ("agent_state", "coercion", "results"):
    del sys.modules[name]


def main():
    write_frame('{"type":"ready"}')
    job = read_frame()
    if job is None:
        return
    os.environ.update(job["environment"])
    sys.stdout.reconfigure(line_buffering=True)
    write_frame(do_job(job))


def do_job(job):
    name = job["functionName"] or "run_code"
    try:
        outcome = call_function(job) if job["kind"] == "function" else run_script(job)
    except BaseException as error:
        report(error)
        message = f"Error executing function {name}: {type(error).__name__}: {error}{network_note(error, job)}"
        outcome = {"status": "error", "value": json.dumps(message[:MESSAGE_LENGTH]), "agentState": "null"}
    flush()
    frame = '{{"type":"result","status":"{status}","value":{value},"agentState":{agentState}}}'.format(**outcome)
    if len(frame) <= job["maxResultBytes"]:
        return frame
    message = f"Error executing function {name}: ValueError: the result is {len(frame)} bytes long, and at most {job['maxResultBytes']} are taken"
    return json.dumps({"type": "result", "status": "error", "value": message, "agentState": None})


def call_function(job):
    module = load(job["source"])
    function = getattr(module, job["functionName"], None)
    if not callable(function):
        raise NameError(f"the source defines no function {job['functionName']}")
    arguments = coercion.coerce_arguments(function, job["args"])
    if "agent_id" not in arguments and coercion.takes(function, "agent_id"):
        arguments["agent_id"] = os.environ.get("LETTA_AGENT_ID")
    state = None
    if coercion.takes(function, "agent_state"):
        state = None if job["agentState"] is None else agent_states.Record(job["agentState"])
        arguments["agent_state"] = state
    value = function(**arguments)
    if inspect.isawaitable(value):
        value = asyncio.run(awaited(value))
    return {"status": "success", "value": results.to_json(value), "agentState": json.dumps(state, default=str)}


async def awaited(value):
    return await value


def run_script(job):
    """As a notebook does: the value is that of the last statement, where it has one."""
    module = new_module(job["source"])
    tree = ast.parse(job["source"], FILE)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, FILE, "exec"), module.__dict__)
    value = None if last is None else eval(compile(ast.Expression(last.value), FILE, "eval"), module.__dict__)
    return {"status": "success", "value": results.to_json(value), "agentState": "null"}


FILE = "<tool>"


def load(source):
    module = new_module(source)
    exec(compile(source, FILE, "exec"), module.__dict__)
    return module


def new_module(source):
    # Under this name its types are found again, by pickle and by annotations that are texts.
    module = types.ModuleType("__main__")
    module.client = make_client(source)
    sys.modules["__main__"] = module
    linecache.cache[FILE] = (len(source), None, source.splitlines(True), FILE)
    return module


def make_client(source):
    """The Letta client, for tools that name it."""
    key = os.environ.get("LETTA_API_KEY")
    if not key or "client" not in source:
        return None
    try:
        from letta_client import Letta
    except ImportError:
        return None
    base = os.environ.get("LETTA_BASE_URL")
    options = {} if not base else {"base_url": base}
    try:
        return Letta(api_key=key, **options)
    except TypeError:
        # Older versions have another name for it.
        return Letta(token=key, **options)


def report(error):
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(HERE):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)


def network_note(error, job):
    """Says why nothing answers where it is because of a setting."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return job["unresolvedNote"]
        if isinstance(error, OSError) and error.errno in UNREACHABLE:
            return job["unreachableNote"]
        error = error.__cause__ or error.__context__
    return ""


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            # The tool has closed or replaced it.
            continue


def read_frame():
    header = read_exactly(4)
    return None if header is None else json.loads(read_exactly(struct.unpack(">I", header)[0]))


def read_exactly(count):
    parts = []
    while count > 0:
        part = os.read(JOBS, count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def write_frame(text):
    body = text.encode("utf-8", "surrogatepass")
    frame = memoryview(struct.pack(">I", len(body)) + body)
    while frame:
        frame = frame[os.write(RESULTS, frame) :]


main()
# Threads that the tool has left behind would hold the process.
os._exit(0)
