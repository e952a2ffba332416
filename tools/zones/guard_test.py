"""One breach of each kind is refused, in a copy of the tree's shape; what is allowed passes.

Real compiles and links through guard.py, with the project's own rules.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ZONES = Path(__file__).resolve().parent
COMPILER = shutil.which("g++-12") or "g++"

HEADERS = {
    "src/core/base/base.h": "inline int base() { return 1; }\n",
    "src/enclave/vault/vault.h": "inline int vault() { return 2; }\n",
    "src/host/store/store.h": "inline int store() { return 3; }\n",
    "build/gen/api_v1/nsl/v1/public.pb.h": "// public\n",
    "build/gen/api_runner/nsl/runner/v1/runner.pb.h": "// runner\n",
    "build/deps/v8/include/v8.h": "// engine\n",
    "build/deps/unknown/include/mystery/mystery.h": "// nobody decided on this\n",
}


class Tree:
    def __init__(self, folder):
        self.folder = folder
        (folder / "tools/zones").mkdir(parents=True)
        for name in ("guard.py", "rules.toml"):
            shutil.copy(ZONES / name, folder / "tools/zones" / name)
        for name, text in HEADERS.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def guard(self, *command):
        done = subprocess.run(
            [sys.executable, "-S", "-E", "tools/zones/guard.py", *map(str, command)],
            cwd=self.folder, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def compile(self, source, text):
        self.write(source, text)
        output = self.folder / "build/out.o"
        roots = ["src", "build/gen/api_v1", "build/gen/api_runner", "build/deps/v8/include",
                 "build/deps/unknown/include"]
        status, said = self.guard(
            "compile", COMPILER, *[f"-I{root}" for root in roots], "-MD", "-MT", "out.o", "-MF",
            "build/out.o.d", "-o", output, "-c", source)
        return status, said, output.exists()

    def link(self, program, own, *others):
        """Links one object of folder `own` with archives of other folders or plain libraries."""
        source = self.write(f"build/src/{own}/CMakeFiles/x.dir/main.cc", "int main() {}\n")
        subprocess.run([COMPILER, "-c", source, "-o", source.with_suffix(".o")], check=True)
        words = []
        for other in others:
            if other.startswith("-l"):
                words.append(other)
                continue
            archive = self.folder / f"build/src/{other}/libnsl_{other.replace('/', '_')}.a"
            archive.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["ar", "rcs", archive, source.with_suffix(".o")], check=True)
            words.append(archive.relative_to(self.folder / "build"))
        done = subprocess.run(
            [sys.executable, "-S", "-E", "../tools/zones/guard.py", "link", COMPILER,
             source.with_suffix(".o").relative_to(self.folder / "build"), "-o", f"bin/{program}", *words],
            cwd=self.folder / "build", capture_output=True, text=True, check=False)
        return done.returncode, done.stderr


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "build/bin").mkdir(parents=True)
    return Tree(tmp_path)


@pytest.mark.parametrize("source, include", [
    ("src/enclave/vault/vault.cc", "core/base/base.h"),
    ("src/enclave/vault/vault.cc", "enclave/vault/vault.h"),
    ("src/core/crypto/hash.cc", "openssl/sha.h"),
    ("src/host/store/sqlite.cc", "sqlite3.h"),
    ("src/runner/js/engine.cc", "v8.h"),
    ("src/runner/abi/abi.cc", "nsl/runner/v1/runner.pb.h"),
    ("src/client/api/api.cc", "nsl/runner/v1/runner.pb.h"),
    ("src/core/base/base_test.cc", "gtest/gtest.h"),
    ("src/host/link/process.cc", "linux/seccomp.h"),
    ("src/host/link/process.cc", "sys/socket.h"),
])
def test_an_allowed_include_passes(tree, source, include):
    status, said, made = tree.compile(source, f'#include "{include}"\n')
    assert (status, said, made) == (0, "", True)


@pytest.mark.parametrize("source, include, reason", [
    ("src/enclave/vault/vault.cc", "host/store/store.h", "zone 'enclave' may not include 'host/store'"),
    ("src/core/base/base.cc", "enclave/vault/vault.h", "zone 'core' may not include 'enclave/vault'"),
    ("src/host/link/link.cc", "nsl/runner/v1/runner.pb.h", "may not include the contract 'runner'"),
    ("src/runner/abi/abi.cc", "nsl/v1/public.pb.h", "may not include the contract 'v1'"),
    ("src/enclave/vault/vault.cc", "openssl/sha.h", "'enclave/vault' may not include openssl"),
    ("src/core/base/base.cc", "boost/version.hpp", "'core/base' may not include boost"),
    ("src/enclave/vault/vault.cc", "sqlite3.h", "'enclave/vault' may not include sqlite"),
    ("src/enclave/functions/run.cc", "v8.h", "'enclave/functions' may not include v8"),
    ("src/enclave/vault/vault.cc", "curl/curl.h", "'enclave/vault' may not include curl"),
    ("src/enclave/vault/vault.cc", "gtest/gtest.h", "only tests may include googletest"),
    ("src/enclave/vault/vault.cc", "mystery/mystery.h", "no rule allows the third-party headers of 'mystery/'"),
])
def test_a_forbidden_include_is_refused_and_leaves_no_object(tree, source, include, reason):
    status, said, made = tree.compile(source, f'#include "{include}"\n')
    assert status != 0 and reason in said and not made


def test_a_forbidden_include_is_seen_through_an_allowed_header(tree):
    tree.write("src/core/crypto/leaky.h", "#include <openssl/sha.h>\n")
    status, said, _ = tree.compile("src/enclave/vault/vault.cc", '#include "core/crypto/leaky.h"\n')
    assert status != 0 and "'enclave/vault' may not include openssl" in said


def test_a_forbidden_include_is_seen_through_a_link_in_the_tree(tree):
    os.symlink(tree.folder / "src/host", tree.folder / "src/core/innocent")
    status, said, _ = tree.compile("src/core/base/base.cc", '#include "core/innocent/store/store.h"\n')
    assert status != 0 and "zone 'core' may not include 'host/store'" in said


@pytest.mark.parametrize("program, own, others", [
    ("nsl-host", "host/main", ["host/gateway", "core/base", "-lsqlite3"]),
    ("nsl-enclave", "enclave/main", ["enclave/vault", "core/crypto", "-lcrypto"]),
    ("nsl-enclave-dev", "enclave/main", ["enclave/development", "enclave/vault"]),
])
def test_an_allowed_link_passes(tree, program, own, others):
    assert tree.link(program, own, *others) == (0, "")


@pytest.mark.parametrize("program, own, others, reason", [
    ("nsl-enclave", "enclave/main", ["host/store"], "zone 'enclave' may not link 'host/store'"),
    ("nsl", "client/main", ["enclave/vault"], "zone 'client' may not link 'enclave/vault'"),
    ("core_base_test", "core/base", ["enclave/vault"], "zone 'core' may not link 'enclave/vault'"),
    ("nsl-enclave", "enclave/main", ["-lsqlite3"], "zone 'enclave' may not link sqlite"),
    ("nsl-enclave", "enclave/main", ["-lcurl"], "zone 'enclave' may not link curl"),
    ("nsl-runner-js", "runner/js", ["-lcrypto"], "zone 'runner' may not link openssl"),
    ("nsl-enclave", "enclave/main", ["enclave/development"], "may not link 'enclave/development'"),
])
def test_a_forbidden_link_is_refused(tree, program, own, others, reason):
    status, said = tree.link(program, own, *others)
    assert status != 0 and reason in said
    assert not (tree.folder / "build/bin" / program).exists()


def test_a_failing_compile_fails_with_the_compilers_words(tree):
    status, said, made = tree.compile("src/core/base/base.cc", "int x = ;\n")
    assert status != 0 and "error" in said and not made


def test_a_response_file_hides_nothing(tree):
    tree.link("nsl-enclave", "enclave/main", "host/store")
    (tree.folder / "build/words.rsp").write_text("src/host/store/libnsl_host_store.a\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-S", "-E", "../tools/zones/guard.py", "link", COMPILER,
         "src/enclave/main/CMakeFiles/x.dir/main.o", "-o", "bin/nsl-enclave", "@words.rsp"],
        cwd=tree.folder / "build", capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "may not link 'host/store'" in done.stderr
