"""Neo's arithmetic and formats beside a limit or peer of the same run: signatures and their check beside raw
OpenSSL, a passphrase beside its key derivation, a transaction read and hashed beside neo-go and neon-js.

The micro benchmarks take turns at random, those with peers in order. All figures are CPU time.
"""
import sys

import measure
from fixtures.neo_peers import Peers

REPETITIONS = 7
SECONDS = 0.1  # of each run
TRANSACTIONS = 20_000
BATCH = 64
TRANSACTION = (
    "004e61bc0094390f000000000012c712000000000081160000011298dffc6761a4c559a7dffa46880ba80f19fb4d01005a0b0280d1f0"
    "080c1487ad17a9d8810803cc58825f7181584c828440600c141298dffc6761a4c559a7dffa46880ba80f19fb4d14c01f0c087472616e"
    "736665720c14cf76e28bd0062c4a478ee35561011319f3cfa4d241627d5b5201420c40" + "00" * 64 +
    "280c21031ff92690d8107533ff54ac3291ae90c96cc7770860cc97fbde83f2bfd1ee5a594156e7b327")


class Figures:
    """CPU time of every micro benchmark, in the unit the benchmark itself chose."""

    def __init__(self, programs):
        folder = programs.parent / "bench"
        runs = measure.micro_runs(folder / "core_crypto_bench", REPETITIONS, "Sign|Verify", SECONDS)
        runs |= measure.micro_runs(folder / "client_neo_bench", REPETITIONS, "Nep2|Scrypt", SECONDS)
        self.series = {name: measure.Series(run["cpu_time"] for run in found) for name, found in runs.items()}
        self.units = {name: found[0]["time_unit"] for name, found in runs.items()}

    def compare(self, what, name, limit, must, items=1):
        """One line: ours for each item, the limit, their ratio."""
        ours, bound = self.series[name], self.series[limit]
        ratio = ours.median / items / bound.median
        each = measure.Series(value / items for value in ours.values)
        figure = (f"{each.text(self.units[name], 2)} CPU, {limit} {bound.text(self.units[limit], 2)}, "
                  f"{ratio:.3f}x")
        return measure.judge(what, figure, f"<= {must}x", ratio <= must)


def transactions(programs):
    """CPU nanoseconds for each reading with its hash; ours and the peers' take turns."""
    peers = Peers(programs)
    asked = [{"hex": TRANSACTION, "count": TRANSACTIONS}]
    ours, theirs = measure.Series(), {"neo-go": measure.Series(), "neon-js": measure.Series()}
    for _ in range(REPETITIONS):
        found = measure.micro(programs.parent / "bench/client_neo_bench", "ReadAndHashTransaction")
        ours.add(found["ReadAndHashTransaction"] * 1000)
        theirs["neo-go"].add(peers.neo_go("bench_tx", asked)[0]["ns"])
        theirs["neon-js"].add(peers.neon("bench_tx", asked)[0]["ns"])
    return all([measure.judge(f"transaction read and hashed, beside {name}",
                              f"{ours.text('ns')}, {name} {series.text('ns')}, {series.median / ours.median:.1f}x as fast",
                              "ahead", ours.median < series.median) for name, series in theirs.items()])


def neo(programs, _folder):
    figures = Figures(programs)
    return all([
        figures.compare("signature, one by one", "Sign", "OpenSslSign", 1.05),
        figures.compare(f"signature, {BATCH} in a batch", f"SignBatch/{BATCH}", "OpenSslSign", 0.65, BATCH),
        figures.compare("verification", "Verify", "OpenSslVerify", 1.05),
        figures.compare("NEP-2 opened", "OpenNep2", "ScryptAlone", 1.02),
        transactions(programs),
    ])


if __name__ == "__main__":
    sys.exit(measure.run(neo))
