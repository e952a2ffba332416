"""Functions that are deployed as archives: whoever made the archive, the same files are the same version."""
import hashlib
import io
import json
import os
import random
import subprocess
import tarfile
import zipfile

import pytest

from fixtures.api_client import Refused

PUT, RUN = "nsl.v1.FunctionService/Put", "nsl.v1.FunctionService/CreateRun"
FILES = {
    "main.js": "import { twice } from './lib/twice.js';\nexport const main = n => twice(n);\n",
    "lib/twice.js": "export const twice = n => n * 2;\n",
    "data/" + "long/" * 3 + "n" * 60 + ".json": json.dumps(["x" * 300] * 20),
}


def deploy(client, archive, name="several", **fields):
    return client.call(PUT, {"name": name, "runtime": "javascript", "archive": archive, **fields})


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "function"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def python_zips(folder):
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", method) as archive:
            for path in sorted(folder.rglob("*"), reverse=True):
                archive.write(path, path.relative_to(folder))
        yield f"zipfile {method}", packed.getvalue()

    class Stream(io.RawIOBase):  # cannot seek, so the sizes follow the contents
        def __init__(self):
            super().__init__()
            self.data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in FILES.items():
            archive.writestr(path, text)
    yield "zipfile, streamed", stream.data


def python_tars(folder):
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        for mode in ("w", "w:gz"):
            packed = io.BytesIO()
            with tarfile.open(fileobj=packed, mode=mode, format=form) as archive:
                archive.add(folder, arcname=".")
            yield f"tarfile {form} {mode}", packed.getvalue()


def tools(folder):
    def output(*words):
        return subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, check=True).stdout

    for form in ("gnu", "posix", "ustar"):
        yield f"tar {form}", output("tar", f"--format={form}", "-c", ".")
    yield "tar, gzipped", output("tar", "-cz", "main.js", "lib", "data")
    # Info-ZIP; a machine may be without it.
    if any(os.access(os.path.join(path, "zip"), os.X_OK) for path in os.environ["PATH"].split(":")):
        for flags in ("-rq", "-rq0", "-rqX", "-rqD"):
            target = folder.parent / f"packed{flags}.zip"
            output("zip", flags, str(target), ".")
            yield f"zip {flags}", target.read_bytes()


def test_archives_of_every_maker_are_one_version(client, folder):
    count = 0
    for maker, archive in (*python_zips(folder), *python_tars(folder), *tools(folder)):
        function = deploy(client, archive)
        assert function["version"] == 1, maker
        count += 1
    assert count >= 13
    done = client.call(RUN, {"name": "several", "input": "21", "wait": True})
    assert done["output"] == "42", done
    version = client.call("nsl.v1.FunctionService/GetContent", {"name": "several", "version": 1})
    assert {file["path"]: file["content"].decode() for file in version["files"]} == FILES
    assert {file["path"]: file["digest"] for file in version["files"]} == {
        path: "0x" + hashlib.sha256(text.encode()).hexdigest() for path, text in FILES.items()}


def test_a_change_in_one_file_is_another_version(client, folder):
    archives = []
    for text in ("export const twice = n => n * 2;", "export const twice = n => n + n;"):
        (folder / "lib/twice.js").write_text(text)
        archives.append(next(iter(python_zips(folder)))[1])
    assert [deploy(client, archive)["version"] for archive in (*archives, archives[1])] == [1, 2, 2]


def test_what_an_archive_may_not_hold_is_named(client, folder):
    (folder / "passwd").symlink_to("/etc/passwd")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(folder, arcname=".")
    with pytest.raises(Refused) as refused:
        deploy(client, packed.getvalue())
    assert (refused.value.code, refused.value.problem["status"]) == ("NSL-FN-0005", 400)
    assert "'./passwd': is a link" in json.dumps(refused.value.problem)


def test_broken_archives_are_refused_and_nothing_else_happens(client, folder):
    numbers = random.Random(7)
    archives = [archive for _, archive in (*python_zips(folder), *python_tars(folder))]
    for number in range(60):
        broken = bytearray(numbers.choice(archives))
        for _ in range(numbers.randint(1, 8)):
            broken[numbers.randrange(len(broken))] = numbers.randrange(256)
        try:
            deploy(client, bytes(broken[:numbers.randint(1, len(broken))] if number % 2 else broken), name="broken")
        except Refused as refused:
            assert refused.problem["status"] == 400, refused.problem
            assert refused.code.startswith("NSL-FN-"), refused.problem


@pytest.mark.parametrize("runtime, files, place", [
    ("javascript", {"main.js": "import './lib/a.js';", "lib/a.js": "\nlet x = ];"}, "lib/a.js: line 2, column 9: SyntaxError"),
    ("javascript", {"main.js": "\nimport './lib/a.js';"}, "main.js: line 2, column"),
    ("python", {"main.py": "import lib.a", "lib/a.py": "x = 1\ny = ]"}, "lib/a.py: line 2, column 5: SyntaxError"),
    ("csharp", {"Function.cs": "public class Function { }", "lib/A.cs": "class A {\n  int x = ;\n}"},
     "lib/A.cs: line 2, column 11: CS1525")])
def test_a_mistake_is_refused_with_its_file_and_line(client, runtime, files, place):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    with pytest.raises(Refused) as refused:
        deploy(client, packed.getvalue(), runtime=runtime)
    assert (refused.value.code, refused.value.problem["status"]) == ("NSL-FN-0002", 400)
    assert "/archive: " + place in json.dumps(refused.value.problem) or place in json.dumps(refused.value.problem)


def test_a_failed_run_names_its_file(client, folder):
    (folder / "lib/twice.js").write_text("export const twice = n => {\n  throw new Error('no');\n};")
    deploy(client, next(iter(python_zips(folder)))[1])
    done = client.call(RUN, {"name": "several", "input": "1", "wait": True})
    assert (done["error"]["file"], done["error"]["line"]) == ("lib/twice.js", 2)


def test_a_run_of_several_files_is_done_again(client, folder):
    deploy(client, next(iter(python_zips(folder)))[1])
    done = client.call(RUN, {"name": "several", "input": "4", "wait": True})
    replay = client.call("nsl.v1.RunService/Replay", {"run": done["id"]})
    assert replay["same"], replay
