"""One worker process: takes tasks from its standard input, one after the other, and answers on its standard output."""

import os
import pickle
import signal
import struct
import threading
import time
from typing import Any, BinaryIO

LENGTH = struct.Struct("<Q")
LOOK = 0.5  # seconds between two looks at whether the coordinator still lives


def send(stream: BinaryIO, message: Any) -> None:
    """One message, its length first."""
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """The next message; an ``EOFError`` if the other side has gone."""
    return pickle.loads(exactly(stream, LENGTH.unpack(exactly(stream, LENGTH.size))[0]))


def exactly(stream: BinaryIO, count: int) -> bytes:
    """So many bytes."""
    content = stream.read(count)
    if content is None or len(content) < count:
        raise EOFError("the other side has gone")
    return content


def end_with(parent: int) -> None:
    """End this process when the coordinator has ended, whatever is being done."""
    while os.getppid() == parent:
        time.sleep(LOOK)
    os._exit(1)


def main() -> None:
    """Take tasks until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the coordinator's to stop
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed goes to the error stream

    from sim.sweeps.tasks import live, warm

    warm()
    send(answers, "ready")
    while True:
        try:
            task, threads = receive(tasks)
        except EOFError:
            return
        try:
            answer: tuple[str, Any] = ("lived", live(task, threads))
        except Exception as error:
            answer = ("failed", error)
        try:
            send(answers, answer)
        except BrokenPipeError:
            return
        except (pickle.PicklingError, TypeError, AttributeError):
            send(answers, ("failed", RuntimeError(f"{type(answer[1]).__name__}: {answer[1]}")))


if __name__ == "__main__":
    main()
