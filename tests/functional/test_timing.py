"""Whether the time of a signature tells its key, with as many measurements as the method asks for."""
import os
import subprocess

import pytest

TRACES = 1_000_000


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_million_measurements_show_no_leak(programs):
    done = subprocess.run([programs.parent / "tests/core_crypto_test", "--gtest_filter=P256Timing.*"],
                          env={**os.environ, "NSL_TIMING_TRACES": str(TRACES)}, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "[  PASSED  ] 4 tests" in done.stdout
