"""Memory of the whole service at rest, after the demo's path ran once: PSS of every process of `nsl dev`
(host, enclave, runner's supervisor and zygote, and `nsl dev` itself), summed."""
import sys
from pathlib import Path

import measure
from fixtures.processes import descendants

from demo.demo import Demo

BYTES_MAX = 150 * 1000 * 1000
REPETITIONS = 5
BLOCKS_BETWEEN = 5


def processes(demo):
    """Ids with command names, after some blocks in which nothing was asked of the service."""
    demo.network.wait_blocks(BLOCKS_BETWEEN)
    pids = [demo.service.process_id, *descendants(demo.service.process_id)]
    return {pid: Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() for pid in pids}


def idle_memory(programs, folder):
    demo = Demo(programs, folder, "javascript")
    try:
        for step in (demo.start_network, demo.start_service, demo.prepare_chain, demo.deploy_function,
                     demo.answer_event):
            step()
        totals = measure.Series()
        for _ in range(REPETITIONS):
            names = processes(demo)
            sizes = {pid: measure.proportional_bytes(pid) for pid in names}
            totals.add(sum(sizes.values()) / 1e6)
        for pid, name in names.items():
            print(f"PSS of {name}: {sizes[pid] / 1e6:.1f} MB")
        return measure.judge(f"idle memory, {len(names)} processes", totals.text("MB PSS"), f"<= {BYTES_MAX / 1e6:.0f} MB",
                             max(totals.values) * 1e6 <= BYTES_MAX)
    finally:
        demo.stop()


if __name__ == "__main__":
    sys.exit(measure.run(idle_memory))
