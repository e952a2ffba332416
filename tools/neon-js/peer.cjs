// Answers JSON lines with neon-js, so that tests can compare another implementation with it:
// {"op":"key",...} in, one object out, {"error":"..."} for a refusal. NODE_PATH names its modules.
const readline = require("node:readline");

// The library talks on standard output when it is unsure; answers alone belong there.
console.log = console.info = console.warn = console.error;
const { sc, tx, u, wallet } = require("@cityofzion/neon-js");

const key = ({ private_key }) => {
  const account = new wallet.Account(private_key);
  return {
    public_key: account.publicKey,
    verification_script: wallet.getVerificationScriptFromPublicKey(account.publicKey),
    script_hash: account.scriptHash,
    address: account.address,
    wif: account.WIF,
  };
};

// JSON's bytes are hex here and base64 in the library.
const parameter = ({ type, value }) => {
  if (value === null || value === undefined) return sc.ContractParam.any(null);
  switch (type) {
    case "Array":
      return sc.ContractParam.array(...value.map(parameter));
    case "ByteArray":
      return sc.ContractParam.byteArray(u.HexString.fromHex(value, true));
    case "Boolean":
      return sc.ContractParam.boolean(value);
    case "Integer":
      return sc.ContractParam.integer(value);
    case "String":
      return sc.ContractParam.string(value);
    case "Hash160":
      return sc.ContractParam.hash160(value);
    case "PublicKey":
      return sc.ContractParam.publicKey(value);
    default:
      throw new Error("no parameter of type " + type);
  }
};

const decoded = (hex) => {
  const transaction = tx.Transaction.deserialize(hex);
  return { hash: transaction.hash(), hex: transaction.serialize(true), unsigned_hex: transaction.serialize(false) };
};

const operations = {
  key,
  nep2: async ({ private_key, passphrase, scrypt }) => ({
    nep2: await wallet.encrypt(private_key, passphrase, scrypt),
  }),
  sign: ({ private_key, message }) => ({ signature: wallet.sign(message, private_key) }),
  verify: ({ public_key, message, signature }) => ({ valid: wallet.verify(message, signature, public_key) }),
  multisig: ({ m, public_keys }) => ({
    verification_script: wallet.constructMultiSigVerificationScript(m, public_keys),
  }),
  script: ({ contract, method, args, call_flags }) => ({
    script: sc.createScript({ scriptHash: contract, operation: method, args: args.map(parameter), callFlags: call_flags }),
  }),
  // The invocation script of the signature that the library puts into a witness of its own.
  sign_tx: ({ hex, private_key, network }) => {
    const transaction = tx.Transaction.deserialize(hex);
    transaction.sign(private_key, network);
    return { invocation: transaction.witnesses[0].invocationScript.toBigEndian() };
  },
  decode_tx: ({ hex }) => decoded(hex),
  decode_address: ({ message }) => ({ script_hash: wallet.getScriptHashFromAddress(message) }),
  bench_tx: ({ hex, count }) => {
    let last = "";
    for (let i = 0; i < count / 10; ++i) tx.Transaction.deserialize(hex).hash();
    const start = process.cpuUsage();
    for (let i = 0; i < count; ++i) last = tx.Transaction.deserialize(hex).hash();
    const used = process.cpuUsage(start);
    return { hash: last, ns: ((used.user + used.system) * 1000) / count };
  },
};

const respond = async (line) => {
  try {
    const request = JSON.parse(line);
    if (!(request.op in operations)) throw new Error("no such operation");
    return await operations[request.op](request);
  } catch (failure) {
    return { error: String(failure.message ?? failure) };
  }
};

const main = async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await respond(line)) + "\n");
  }
};

main();
