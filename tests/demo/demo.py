"""The whole service on real parts, as `./dev demo` runs it. Evidence in build/demo; see README.md."""
import argparse
import json
import secrets
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from fixtures.https_server import HttpsServer
from fixtures.neo_account import NeoAccount, script_hash_of
from fixtures.neo_network import ROOT, Faulted, NeoNetwork, RpcError
from fixtures.processes import NotReady, stop_all_on_signals, wait_until
from fixtures.service import CommandFailed, Service

sys.path.insert(0, str(Path(__file__).resolve().parent))
import evidence  # noqa: E402

HUB = "contracts/requesthub/requesthub"
FUNCTION = "answer"
SOURCES = {"javascript": "answer.js", "python": "answer.py", "csharp": "answer.cs"}
PRICE = "12.5"
VERIFICATION_FAILED = 6


class Failed(Exception):
    """The demo's own judgement, in one sentence."""


def shown(path):
    """As a user standing here would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


class Demo:
    def __init__(self, programs, folder, runtime):
        self.programs = programs
        self.folder = folder
        self.source = f"tests/demo/{SOURCES[runtime]}"
        self.timeline = evidence.Timeline(folder / "timeline.json")
        self.network = NeoNetwork(folder / "network")
        self.https = None
        self.service = None
        self.nsl = None
        self.owner = NeoAccount()
        self.user = NeoAccount()
        self.secret = secrets.token_urlsafe(24)
        self.hub = ""
        self.wallet = {}
        self.run = {}
        self.request = 0

    # -- the steps

    def start_network(self):
        with self.timeline.step("private Neo N3 network") as step:
            self.network.start()
            self.https = HttpsServer(self.folder / "https").start()
            step.say(f"a real node, a block every {self.network.block_ms} ms")
            step.keep(rpc=self.network.url, magic=self.network.magic)

    def start_service(self):
        with self.timeline.step("nsl dev") as step:
            self.service = Service(self.programs, self.folder, self.network.url,
                                   extra_root=self.https.ca_file, allow=[f"127.0.0.1:{self.https.port}"])
            self.service.start()
            step.say("nsl-host and nsl-enclave-dev (a SOFTWARE security module)")
            step.keep(url=self.service.url)

    def prepare_chain(self):
        with self.timeline.step("contract, account, wallet") as step:
            for account in (self.owner, self.user):
                self.network.fund(account.address, 100)
            self.hub = self.network.deploy(HUB, account=self.owner)
            self.nsl = self.service.command_line("demo")
            session = self.nsl.login(self.user)
            self.wallet = self.nsl.ask("wallet", "create", "main")
            self.network.fund(self.wallet["address"], 10)
            self.network.invoke(self.hub, "registerFulfiller", [script_hash_of(self.wallet["address"])], self.owner)
            step.say("deployed, signed in with a Neo key, funded with 10 GAS")
            step.keep(contract=self.hub, account=session["account"], wallet=self.wallet["address"])

    def deploy_function(self):
        with self.timeline.step("secret, function, grant, trigger") as step:
            server = f"127.0.0.1:{self.https.port}"
            self.nsl.ask("secret", "set", "price-api", "--value-file", "-", "--allow-function", FUNCTION,
                         data=self.secret)
            function = self.nsl.ask(
                "function", "deploy", FUNCTION, "--file", ROOT / self.source, "--secret", "price-api",
                "--egress", server, "--env", f"server=https://{server}", "--env", "secret=price-api",
                "--env", "wallet=main")
            self.nsl.ask("wallet", "grant", "main", "--function", FUNCTION, "--contract", self.hub,
                         "--method", "fulfil", "--max-system-fee", "0.5", "--max-network-fee", "0.1")
            trigger = self.nsl.ask("trigger", "set", "on-request", "--function", FUNCTION,
                                   "--contract", self.hub, "--event", "Requested", "--evidence", "request_hub")
            step.say("sealed to the attested key")
            step.keep(function=function["id"], digest=function["digest"], trigger=trigger["id"])

    def answer_event(self):
        credential = f"Bearer {self.secret}"
        self.https.json_when_authorised("/price", {"price": PRICE}, credential)
        with self.timeline.step("event -> run -> answer on chain") as step:
            asked = self.network.invoke(self.hub, "request", [FUNCTION, b'{"pair":"NEO-USD"}'], self.user)
            self.request = int(asked["stack"][0]["value"])
            wait_until(self.answered_or_failed, "the answer on chain", 60)
            self.run = evidence.wait_for_run(self.nsl, FUNCTION)
            self.check_answer()
            step.say(f"request {self.request} proven by {self.run['event']['proof']}, answered \"{PRICE}\" in HALT")
            step.keep(request=self.request, event=self.run["event"]["id"], run=self.run["id"],
                      transaction=self.run["transactions"][0]["hash"])
        self.check_secrecy()

    def answered_or_failed(self):
        if self.network.call(self.hub, "getAnswer", [self.request]) is not None:
            return True
        for run in self.nsl.ask("run", "list", "--function", FUNCTION)["items"]:
            if run["status"] in ("FAILED", "TIMED_OUT", "CANCELLED"):
                raise Failed(f"the run ended as {run['status']}: {run['error']['code']} {run['error']['message']}")
        return False

    def check_answer(self):
        answer = self.network.call(self.hub, "getAnswer", [self.request])
        if answer != PRICE.encode():
            raise Failed(f"the contract's storage holds {answer!r} instead of {PRICE!r}")
        if self.run["status"] != "SUCCEEDED" or len(self.run["transactions"]) != 1:
            raise Failed(f"the run ended as {self.run['status']} with {len(self.run['transactions'])} transactions")
        if self.run["event"]["proof"] != "storage":
            raise Failed(f"the event was taken on {self.run['event']['proof']}, not proven by the contract's storage")
        transaction = self.run["transactions"][0]
        execution = self.network.wait_tx(transaction["hash"])
        if transaction["state"] != "HALT" or execution["vmstate"] != "HALT":
            raise Failed(f"the transaction ended in {execution['vmstate']}")
        [seen] = [item for item in self.https.requests if item.path.startswith("/price")]
        if seen.headers.get("authorization") != f"Bearer {self.secret}":
            raise Failed("the price server did not see the credential")

    def check_secrecy(self):
        found = [file for place in (self.service.state, *self.service.logs)
                 for file in evidence.files_holding(place, self.secret)]
        if found:
            raise Failed(f"the secret stands readable in {found[0]}")

    def collect(self):
        receipt, attestation = self.folder / "receipt.cose", self.folder / "attestation.cose"
        self.nsl.ask("run", "receipt", self.run["id"], "--out", receipt)
        self.nsl.ask("attest", "--out", attestation)
        shutil.copy(self.service.development_root, self.folder / "development-root.pem")
        transaction = self.run["transactions"][0]
        content = {"transaction": transaction["hash"], "block": transaction["block"], "state": transaction["state"],
                   "contract": self.hub, "request": self.request, "answer": PRICE, "run": self.run["id"],
                   "event": self.run["event"], "wallet": self.wallet["address"]}
        (self.folder / "answer.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    def verify(self):
        with self.timeline.step("nsl verify, nothing running") as step:
            self.collect()
            times = evidence.path_times(self.network, self.run, self.run["transactions"][0])
            self.stop()
            root = ["--development-root", self.folder / "development-root.pem"]
            receipt = self.folder / "receipt.cose"
            self.expect(0, *root, receipt, self.folder / "attestation.cose")
            proof = self.nsl.run("verify", *root, receipt).json()["results"][0]["receipt"]["event_proof"]
            changed = self.folder / "receipt-changed.cose"
            data = bytearray(receipt.read_bytes())
            position = secrets.randbelow(len(data))
            data[position] ^= 1 << secrets.randbelow(8)
            changed.write_bytes(data)
            reason = self.expect(VERIFICATION_FAILED, *root, changed)
            changed.unlink()
            self.expect(VERIFICATION_FAILED, receipt)
            step.say(f"valid, proof: {proof}; byte {position} changed: refused ({reason})")
            step.keep(changed_byte=position, refusal=reason)
        return times

    def expect(self, status, *words):
        """nsl verify must end so; returns the code of the first refusal."""
        answer = self.nsl.run("verify", *words)
        if answer.status != status:
            raise Failed(f"nsl verify ended with {answer.status} instead of {status}: {answer.error_text().strip()}")
        return answer.json()["results"][0].get("code", "")

    def show(self, times):
        rows = evidence.table(times, self.run["stats"])
        self.timeline.save({"path_ms": times, "run": self.run["stats"], "run_id": self.run["id"]})
        evidence.print_table(rows)
        here = shown(self.folder)
        print(f"  evidence   {here}/  receipt.cose attestation.cose development-root.pem timeline.json answer.json")
        print(f"  logs       {here}/state/host.log  {here}/state/enclave.log")
        print(f"  check it   {shown(self.programs)}/nsl verify "
              f"--development-root {here}/development-root.pem {here}/receipt.cose")
        print(f"  by hand    docs/use/first-steps.md; the function: {self.source}")
        print("\ndemo: passed", flush=True)

    # -- the whole

    def play(self):
        self.start_network()
        self.start_service()
        self.prepare_chain()
        self.deploy_function()
        self.answer_event()
        times = self.verify()
        self.show(times)

    def stop(self):
        for part in (self.service, self.https, self.network):
            if part:
                part.stop()
        self.service = self.https = None


def explain(demo, error):
    sentence = str(error).strip() or type(error).__name__
    where = demo.timeline.current or "the start"
    sys.stdout.flush()
    print(f"demo: \"{where}\" failed: {sentence}", file=sys.stderr)
    logs = [demo.folder / name for name in ("state/host.log", "state/enclave.log", "nsl-dev.log", "network/node.log")]
    print("  logs: " + "  ".join(str(shown(log)) for log in logs if log.exists()), file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=Path, default=ROOT / "build/release/bin")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/demo")
    parser.add_argument("--runtime", default="javascript", choices=SOURCES)
    options = parser.parse_args()
    stop_all_on_signals()
    # Ctrl-C counts even where the caller had it ignored, as shells do for background jobs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = options.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    demo = Demo(options.programs.resolve(), folder, options.runtime)
    try:
        demo.play()
        return 0
    except KeyboardInterrupt:
        print("\ndemo: interrupted", file=sys.stderr)
        return 130
    except (Failed, NotReady, CommandFailed, Faulted, RpcError, OSError, KeyError, ValueError,
            subprocess.TimeoutExpired) as error:
        explain(demo, error)
        return 1
    finally:
        demo.stop()


if __name__ == "__main__":
    sys.exit(main())
