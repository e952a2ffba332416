"""Durable writes per second with 64 requests in flight: the store's records and its log, against an append
log of our own with the same group commit and one fdatasync a group (host_store_bench). Wall time, because
what is waited for is the disk; both on the same disk, taking turns.
"""
import sys

import measure

RATIO_MIN = 0.5
REPETITIONS = 7
LIMIT = "BM_AppendLogLimit"
JUDGED = {"BM_StorePut": "durable records", "BM_StoreAppend": "durable log entries"}


def durable_writes(programs, folder):
    runs = {name.partition("/")[0]: items for name, items in
            measure.micro_runs(programs.parent / "bench/host_store_bench", REPETITIONS).items()}
    rates = {name: measure.Series(item["items_per_second"] / 1000 for item in items) for name, items in runs.items()}
    # Both times are of one run, in the same unit.
    costs = {name: measure.Series(item["cpu_time"] / item["real_time"] / item["items_per_second"] * 1e6
                                  for item in items) for name, items in runs.items()}
    limit = rates[LIMIT]
    kept = True
    for name, title in JUDGED.items():
        print(f"{title}, CPU of all threads: {costs[name].text('us')} / {costs[LIMIT].text('us')}")
        ratio = rates[name].median / limit.median
        kept &= measure.judge(f"{title}, 64 in flight", f"{rates[name].text('k/s')} / {limit.text('k/s')} own log and"
                              f" fdatasync = {ratio:.2f}", f">= {RATIO_MIN}", ratio >= RATIO_MIN)
    return kept


if __name__ == "__main__":
    sys.exit(measure.run(durable_writes))
