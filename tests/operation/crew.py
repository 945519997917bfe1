"""A crew that does nothing, under a real supervisor: `python crew.py FOLDER HUNG_SECONDS`.

Each process writes its id into a file, then does what the file `order` says, if there is one: stay (as the rest do),
fall (end with a status), or freeze (say nothing any more).
"""

import sys
import time
from pathlib import Path
from select import select

import supervisor
from schema.endpoint import log
from schema.endpoint.metrics import write

COUNT = 2


def main(folder: Path, hung: float) -> None:
    log.configure()
    supervisor.HUNG_SECONDS = hung
    supervisor.Supervisor(COUNT, lambda *place: work(folder, *place), folder, 0, 1).run([])


def work(folder: Path, number: int, first: bool, watched: int) -> None:
    with (folder / f"{number}.begun").open("a") as file:
        file.write(f"{'first' if first else 'again'}\n")
    order = (folder / "order").read_text() if number == 0 and (folder / "order").exists() else "stay"
    said = 0
    while not select([watched], [], [], 0.02)[0]:
        if order == "fall":
            sys.exit(3)
        if order == "stay" or not said:
            said += 1
            write(folder / f"{number}.json", {"gauges": []})
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
