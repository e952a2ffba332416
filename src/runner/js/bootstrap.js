// What a function sees beside the language: neoService, fetch, console, TextEncoder, TextDecoder.
//
// Run once in the zygote, before any user code; every built-in it needs is taken now, so that a
// function that replaces JSON.stringify harms only itself. `native` is the C++ side (natives.cc).
// The result is what the C++ side calls back.
(function (native) {
  'use strict';

  const { stringify, parse } = JSON;
  const { isFinite } = Number;
  const { isArray } = Array;
  const { create, defineProperty, freeze } = Object;
  const ObjectKeys = Object.keys;
  const PromiseClass = Promise;
  const Bytes = Uint8Array;
  const toText = String;
  const { fromCharCode } = String;
  const { apply } = Reflect;
  const { charCodeAt } = String.prototype;

  // ---- host calls

  class NeoServiceError extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }
  defineProperty(NeoServiceError.prototype, 'name', { value: 'NeoServiceError' });

  const waiting = create(null);

  function call(method, args) {
    return new PromiseClass((resolve, reject) => {
      const id = native.call(method, stringify(args));
      waiting[id] = { resolve, reject };
    });
  }

  // The answer to call `id`: JSON text, or a code and a message.
  function settle(id, code, value) {
    const { resolve, reject } = waiting[id];
    delete waiting[id];
    if (code !== '') {
      reject(new NeoServiceError(code, value));
    } else {
      resolve(parse(value));
    }
  }

  // ---- checks of arguments: a wrong argument is the caller's mistake, named at once

  function wantText(value, what) {
    if (typeof value !== 'string') throw new TypeError(`${what} must be a string`);
    return value;
  }

  function bytesOf(value, what) {
    if (typeof value === 'string') return native.encodeUtf8(value);
    if (value instanceof Bytes) return value;
    if (value instanceof ArrayBuffer) return new Bytes(value);
    if (ArrayBuffer.isView(value)) {
      return new Bytes(value.buffer, value.byteOffset, value.byteLength);
    }
    throw new TypeError(`${what} must be a string or bytes`);
  }

  // wallet.invoke('w', '0x..', 'm', []) and wallet.invoke({wallet, contract, method, args}) are the same.
  function named(names, values) {
    const first = values[0];
    if (values.length === 1 && first !== null && typeof first === 'object') return { ...first };
    const options = values[names.length];
    const args = options !== null && typeof options === 'object' ? { ...options } : {};
    for (let i = 0; i < names.length && i < values.length; ++i) args[names[i]] = values[i];
    return args;
  }

  // ---- HTTP

  class Headers {
    #pairs = [];
    constructor(init) {
      if (init === undefined || init === null) return;
      const pairs = init instanceof Headers || isArray(init)
        ? [...init] : ObjectKeys(init).map((name) => [name, init[name]]);
      for (const [name, value] of pairs) this.append(name, value);
    }
    append(name, value) { this.#pairs.push([toText(name).toLowerCase(), toText(value)]); }
    set(name, value) {
      this.delete(name);
      this.append(name, value);
    }
    delete(name) {
      const wanted = toText(name).toLowerCase();
      this.#pairs = this.#pairs.filter((pair) => pair[0] !== wanted);
    }
    get(name) {
      const wanted = toText(name).toLowerCase();
      const values = this.#pairs.filter((pair) => pair[0] === wanted).map((pair) => pair[1]);
      return values.length === 0 ? null : values.join(', ');
    }
    has(name) { return this.get(name) !== null; }
    forEach(visit) { for (const [name, value] of this.#pairs) visit(value, name, this); }
    entries() { return this.#pairs.map((pair) => [...pair])[Symbol.iterator](); }
    [Symbol.iterator]() { return this.entries(); }
  }

  class Response {
    #body;
    constructor(body = '', init = {}) {
      this.#body = body === null ? '' : body;
      this.status = init.status ?? 200;
      this.ok = this.status >= 200 && this.status < 300;
      this.headers = new Headers(init.headers);
      this.url = init.url ?? '';
    }
    async text() {
      return typeof this.#body === 'string' ? this.#body : native.decodeUtf8(this.#body, false);
    }
    async json() { return parse(await this.text()); }
    async arrayBuffer() {
      const bytes = bytesOf(this.#body, 'the body');
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    }
    async bytes() { return new Bytes(await this.arrayBuffer()); }
  }

  async function fetchUrl(url, options = {}) {
    const method = toText(options.method ?? 'GET').toUpperCase();
    const request = { url: toText(url), method, headers: [...new Headers(options.headers)] };
    const { body } = options;
    if (typeof body === 'string') {
      request.body = body;
    } else if (body !== undefined && body !== null) {
      request.body_base64 = native.encodeBase64(bytesOf(body, 'body'));
    }
    const reply = await call('http.fetch', request);
    const content = reply.body_base64 === undefined
      ? reply.body ?? '' : native.decodeBase64(reply.body_base64);
    return new Response(content, { status: reply.status, headers: reply.headers, url: reply.url ?? request.url });
  }

  // ---- neoService

  function getSecret(name) { return call('secrets.get', { name: wantText(name, 'name') }); }

  function sign(...values) {
    const args = named(['wallet', 'data'], values);
    return call('wallet.sign', {
      encoding: 'raw',
      ...args,
      data: native.encodeBase64(bytesOf(args.data, 'data')),
    });
  }

  function randomBytes(count) {
    return call('random.bytes', { count }).then((text) => native.decodeBase64(text));
  }

  const neoService = {
    log: (level, text) => log(toText(level), [text]),
    secrets: { get: getSecret, getSecret },
    storage: {
      get: (key) => call('storage.get', { key: wantText(key, 'key') }),
      set: (key, value) => call('storage.set', { key: wantText(key, 'key'), value: value ?? null }),
    },
    http: { fetch: fetchUrl },
    wallet: {
      sign,
      invoke: (...values) =>
        call('wallet.invoke', { args: [], ...named(['wallet', 'contract', 'method', 'args'], values) }),
      transfer: (...values) => call('wallet.transfer', named(['wallet', 'asset', 'to', 'amount'], values)),
    },
    blockchain: {
      getBlockHeight: () => call('blockchain.getBlockHeight', {}),
      call: (...values) =>
        call('blockchain.call', { args: [], ...named(['contract', 'method', 'args'], values) }),
      getBlock: (block) => call('blockchain.getBlock', { block: block ?? null }),
      getTransaction: (hash) => call('blockchain.getTransaction', { hash: wantText(hash, 'hash') }),
      getApplicationLog: (hash, cursor = '') =>
        call('blockchain.getApplicationLog',
             { hash: wantText(hash, 'hash'), cursor: wantText(cursor, 'cursor') }),
      getBalance: (...values) => call('blockchain.getBalance', named(['address', 'asset'], values)),
    },
    time: { now: () => call('time.now', {}) },
    random: { bytes: randomBytes },
  };
  for (const name of ObjectKeys(neoService)) {
    if (typeof neoService[name] === 'object') freeze(neoService[name]);
  }
  freeze(neoService);

  // ---- console

  const kLevels = { __proto__: null, debug: 0, info: 1, log: 1, warn: 2, warning: 2, error: 3 };

  function describe(value) {
    if (typeof value === 'string') return value;
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'function') return `[Function ${value.name || 'anonymous'}]`;
    if (value instanceof Error) return value.stack || toText(value);
    if (value === null || typeof value !== 'object') return toText(value);
    const seen = new Set();
    const readable = (key, part) => {
      if (typeof part === 'bigint') return `${part}n`;
      if (typeof part === 'function') return `[Function ${part.name || 'anonymous'}]`;
      if (part === undefined || typeof part === 'number' && !isFinite(part)) return toText(part);
      if (part instanceof Error) return part.stack;
      if (part instanceof Map) return { Map: [...part] };
      if (part instanceof Set) return { Set: [...part] };
      if (part !== null && typeof part === 'object') {
        if (seen.has(part)) return '[Seen]';
        seen.add(part);
      }
      return part;
    };
    try {
      return stringify(value, readable);
    } catch (error) {
      return '[Object]';
    }
  }

  function log(level, values) {
    // Nothing is described that would be dropped.
    if (native.isLogFull()) return;
    native.log(kLevels[level] ?? 1, values.map(describe).join(' '));
  }

  const console = {
    assert: (condition, ...values) => { if (!condition) log('error', ['Assertion failed:', ...values]); },
    dir: (value) => log('info', [value]),
    trace: (...values) => log('debug', [...values, new Error('trace').stack]),
  };
  for (const level of ['debug', 'info', 'log', 'warn', 'error']) {
    console[level] = (...values) => log(level, values);
  }

  // ---- text

  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return native.encodeUtf8(toText(text)); }
  }

  class TextDecoder {
    #isFatal;
    #keepsMark;
    constructor(label = 'utf-8', options = {}) {
      if (!/^utf-?8$/i.test(label)) throw new RangeError('TextDecoder knows utf-8 only');
      this.#isFatal = Boolean(options.fatal);
      this.#keepsMark = Boolean(options.ignoreBOM);
    }
    get encoding() { return 'utf-8'; }
    get fatal() { return this.#isFatal; }
    get ignoreBOM() { return this.#keepsMark; }
    decode(bytes = new Bytes(0)) {
      return native.decodeUtf8(bytesOf(bytes, 'bytes'), this.#isFatal, this.#keepsMark);
    }
  }

  // The web's two: strings whose characters are bytes. Values of the chain come as Base64.
  function atob(text) {
    let result = '';
    for (const byte of native.decodeBase64(toText(text))) result += fromCharCode(byte);
    return result;
  }

  function btoa(text) {
    const bytes = Bytes.from(toText(text), (character) => {
      const code = apply(charCodeAt, character, [0]);
      if (code > 255) throw new RangeError('btoa takes characters up to 255: encode the text first');
      return code;
    });
    return native.encodeBase64(bytes);
  }

  // ---- randomness, from the run's own seed (runner/guest/run_clock.h)

  function getRandomValues(view) {
    if (!ArrayBuffer.isView(view) || view instanceof Float32Array || view instanceof Float64Array ||
        view instanceof DataView) {
      throw new TypeError('crypto.getRandomValues fills an array of integers');
    }
    if (view.byteLength > 65536) throw new RangeError('crypto.getRandomValues fills at most 65536 bytes');
    new Bytes(view.buffer, view.byteOffset, view.byteLength).set(native.randomBytes(view.byteLength));
    return view;
  }

  // RFC 9562, section 5.4.
  function randomUUID() {
    const bytes = native.randomBytes(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = '';
    for (let i = 0; i < 16; ++i) {
      if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
      text += (bytes[i] + 256).toString(16).slice(1);
    }
    return text;
  }

  // ---- tasks

  function queueMicrotask(task) {
    if (typeof task !== 'function') throw new TypeError('queueMicrotask takes a function');
    PromiseClass.resolve().then(() => { task(); });
  }

  // ---- timers

  // The run's clock moves with replies only. A timer fires after the reply that brings the clock to
  // its time; when nothing else is open, the run sleeps until the first one is due. So the order is
  // that of due times, then of creation, and the same when the run is run again.
  const dateNow = Date.now;
  const { ceil, max, min } = Math;
  const timers = new Map();
  const kDelayMax = 2 ** 31 - 1;
  let timersMax = 0;
  let lastTimer = 0;
  let sleptUntil = 0;

  function now() {
    return max(dateNow(), sleptUntil);
  }

  function addTimer(handler, delay, values, isRepeated) {
    if (typeof handler !== 'function') throw new TypeError('A timer takes a function');
    if (timersMax === 0) throw new Error('Timers are set while the function runs, not while it is loaded');
    if (timers.size >= timersMax) throw new RangeError(`At most ${timersMax} timers wait at a time`);
    const pause = min(max(+delay || 0, 1), kDelayMax);
    const id = ++lastTimer;
    timers.set(id, { id, due: now() + pause, pause, handler, values, isRepeated });
    return id;
  }

  function clearTimer(id) {
    timers.delete(id);
  }

  function firstTimer() {
    let first;
    for (const timer of timers.values()) {
      if (first === undefined || timer.due < first.due) first = timer;
    }
    return first;
  }

  // Whether there was a timer to fire.
  function fireTimer() {
    const timer = firstTimer();
    if (timer === undefined || timer.due > now()) return false;
    timers.delete(timer.id);
    if (timer.isRepeated) timers.set(timer.id, { ...timer, due: now() + timer.pause });
    try {
      timer.handler(...timer.values);
    } catch (error) {
      log('error', ['A timer threw:', error]);
    }
    return true;
  }

  // Whether there is a timer to sleep for.
  function sleepForTimer() {
    const timer = firstTimer();
    if (timer === undefined) return false;
    call('time.sleep', { ms: ceil(max(timer.due - now(), 0)) }).then(
      () => { sleptUntil = max(sleptUntil, timer.due); },
      (error) => {
        timers.clear();
        log('error', ['The timers end here:', error]);
      });
    return true;
  }

  function install(globals) {
    for (const name of ObjectKeys(globals)) {
      defineProperty(globalThis, name, { value: globals[name], writable: true, configurable: true });
    }
  }
  install({
    neoService, console, TextEncoder, TextDecoder, Headers, Response, NeoServiceError, atob, btoa,
    queueMicrotask,
    fetch: fetchUrl,
    crypto: freeze({ getRandomValues, randomUUID }),
    structuredClone: (value) => native.clone(value),
    setTimeout: (handler, delay, ...values) => addTimer(handler, delay, values, false),
    setInterval: (handler, delay, ...values) => addTimer(handler, delay, values, true),
    clearTimeout: clearTimer,
    clearInterval: clearTimer,
  });
  // WebAssembly would need memory that is executable; shared memory has nobody to be shared with.
  for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics']) delete globalThis[name];

  // ---- what the C++ side calls

  // CommonJS names for sources that use them; returns what they hold in the end.
  function openCommonJs() {
    const module = { exports: {} };
    globalThis.module = module;
    globalThis.exports = module.exports;
    return () => module.exports;
  }

  // The handler by name, first match; `holder` keeps `this` right.
  function findHandler(holder, names) {
    if (typeof holder === 'function' && names.includes('main')) return holder;
    if (holder === null || typeof holder !== 'object' && typeof holder !== 'function') return undefined;
    for (const name of names) {
      if (typeof holder[name] === 'function') return (params, context) => holder[name](params, context);
    }
    return undefined;
  }

  function start(handler, input, context, timersAtOnce) {
    // What an earlier run of this process left.
    timers.clear();
    sleptUntil = 0;
    timersMax = timersAtOnce;
    return handler(parse(input), freeze(parse(context)));
  }

  // The output as JSON text. What JSON would silently change is refused: NaN and infinities become
  // null in JSON.stringify, a function at the top becomes nothing.
  function toOutput(value) {
    if (value === undefined) return 'null';
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new TypeError(`The output is a ${typeof value}, not JSON`);
    }
    return stringify(value, (key, part) => {
      const number = part instanceof Number ? part.valueOf() : part;
      if (typeof number === 'number' && !isFinite(number)) {
        throw new TypeError(`The output holds ${number}${key === '' ? '' : ` at "${key}"`}, which JSON cannot say`);
      }
      if (typeof part === 'bigint') {
        throw new TypeError(`The output holds a BigInt${key === '' ? '' : ` at "${key}"`}: return it as a string`);
      }
      return part;
    });
  }

  // A handler for `fetch` may answer a Response.
  async function toPlain(value) {
    if (!(value instanceof Response)) return value;
    return { status: value.status, headers: [...value.headers], body: await value.text() };
  }

  return {
    install, settle, openCommonJs, findHandler, start, toOutput, toPlain, fireTimer, sleepForTimer,
  };
})
