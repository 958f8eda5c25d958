// What drivers in JavaScript share: the protocol's lines, octets, contents and outcomes (see ../README.md).
//
// run({client, version, engine, can, errors, Session}), where
//
//   new Session(begin)           makes the client anew; begin.deadlineMs, and begin.ca, the path of the
//                                certificates to trust (undefined: nobody speaks TLS)
//   session.play(ask, outcome)   performs one exchange; throws, or rejects with, what the client gives as error
//   session.close()              closes all connections
//
// and `errors` is a list of [RegExp for the error's code or name, word], the first that fits.
// Texts are strings, an octet a character (latin1); contents are Buffers.

import readline from 'node:readline';

const WHOLE_MAX = 1 << 20; // a longer content is told by its length, its first and its last octets
const END_SIZE = 1 << 16;
const CONTENT_MAX = 1 << 28; // a longer one is built for no client

/** What the client cannot do, though its `can` says so. */
export class Unsupported extends Error {}

/** Thrown by the source of a content, where the step says so. */
export class SourceBroke extends Error {
  name = 'SourceBroke';
}

/** A line that is not the protocol's. */
class Junk extends Error {}

function octets(value) {
  if (typeof value === 'string') return Buffer.from(value, 'latin1');
  if (typeof value?.b64 === 'string') return Buffer.from(value.b64, 'base64');
  throw new Junk(`want a string of octets, got ${JSON.stringify(value)}`);
}

const text = (value) => octets(value).toString('latin1');
const fields = (list = []) => list.map(([name, value]) => [text(name), text(value)]);

/** Octets as the protocol has them; strings are latin1. */
function shown(data) {
  const latin1 = typeof data === 'string' ? data : data.toString('latin1');
  return /^[\x20-\x7e]*$/.test(latin1) ? latin1 : { b64: Buffer.from(latin1, 'latin1').toString('base64') };
}

const shownFields = (list) => list.map(([name, value]) => [shown(name), shown(value)]);

/** A text for people, in printable ASCII. */
function visible(words) {
  return words.replace(/[^\x20-\x7e]/g, (unit) => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}

/** [name, value, name, value, ...], as Node has field lines, in pairs. */
export function pairs(flat) {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

function built(parts) {
  const decoded = parts.map((part) => [octets(part), part.times ?? 1]);
  const length = decoded.reduce((sum, [data, times]) => sum + data.length * times, 0);
  if (length > CONTENT_MAX) throw new Unsupported(`more than ${CONTENT_MAX} octets at once`);
  return Buffer.concat(decoded.map(([data, times]) => Buffer.alloc(data.length * times, data)));
}

/** The proxy of a step: `auth` is "user:secret" or undefined, `headers` are for it alone; `tunnel`: CONNECT also for http. */
const proxyOf = (url, { auth, headers, tunnel = false }) =>
  ({ url: text(url), auth: auth === undefined ? undefined : text(auth), headers: fields(headers), tunnel });

/**
 * What a step asks. `origin` is scheme and authority of its URL, `target` the rest; `proxy` is null where none is
 * used, and `tunnels` says whether it goes by a tunnel. `bytes` is the content, where it is given whole, else null;
 * where `hasStream`, its pieces come from stream(), and `length` is its length, undefined where unknown. `read` is
 * "all", "stream", "amounts" (an endless iterator, `amounts`) or "abandon" (that many octets).
 */
class Ask {
  constructor(request, begin, hold) {
    const { body = {}, read = 'all' } = request;
    this.method = text(request.method);
    this.origin = text(request.origin ?? begin.origin);
    this.proxy = request.proxy ? proxyOf(begin.proxy, request.proxy) : null;
    this.tunnels = this.proxy !== null && (this.origin.startsWith('https:') || this.proxy.tunnel);
    this.target = text(request.target);
    this.headers = fields(request.headers);
    this.trailers = fields(request.trailers);
    this.expectContinue = request.expect_continue ?? false;
    this.timeoutMs = request.timeout_ms;
    this.background = request.background ?? false;
    this.bytes = body.bytes ? built(body.bytes) : null;
    this.hasFile = 'file' in body; // no driver's client takes one by itself
    this.hasStream = 'stream' in body;
    this.length = body.length;
    this.pieces = (body.stream ?? []).map((piece) => (Array.isArray(piece) ? built(piece) : piece));
    this.hold = hold;
    this.read = Array.isArray(read) ? 'amounts' : (typeof read === 'object' ? 'abandon' : read);
    this.amounts = Array.isArray(read) ? endless(read) : null;
    this.abandon = read.abandon;
  }

  async *stream() {
    for (const piece of this.pieces) {
      if (Buffer.isBuffer(piece)) yield piece;
      else if ('hold' in piece) await this.hold(piece.hold);
      else throw new SourceBroke('the source breaks');
    }
  }

  /** The words of `can` that it takes. */
  needs() {
    const marks = (word) => this.pieces.some((piece) => !Buffer.isBuffer(piece) && word in piece);
    const isKnown = this.length !== undefined;
    const isHttps = this.origin.startsWith('https:');
    const { proxy } = this;
    const isProxyHttps = proxy !== null && proxy.url.startsWith('https:');
    return Object.entries({
      'method.any': !['GET', 'HEAD', 'POST'].includes(this.method),
      'headers.any': this.headers.length > 0,
      'body.bytes': this.bytes !== null,
      'body.stream': this.hasStream && !isKnown,
      'body.stream.length': this.hasStream && isKnown,
      'body.hold': marks('hold'),
      'body.fail': marks('fail'),
      'body.file': this.hasFile,
      'trailers.send': this.trailers.length > 0,
      'expect_continue': this.expectContinue,
      'timeout': this.timeoutMs !== undefined,
      'concurrent': this.background,
      'tls': isHttps || isProxyHttps,
      'proxy.http': proxy && !this.tunnels,
      'proxy.tunnel': this.tunnels && isHttps,
      'proxy.tunnel.plain': this.tunnels && !isHttps,
      'proxy.tls': isProxyHttps,
      'proxy.auth': proxy && proxy.auth !== undefined,
      'proxy.headers': proxy && proxy.headers.length > 0,
      'read.stream': this.read === 'stream',
      'read.amount': this.read === 'amounts',
      'read.abandon': this.read === 'abandon',
    }).filter(([, isNeeded]) => isNeeded).map(([word]) => word);
  }
}

function* endless(amounts) {
  yield* amounts;
  for (;;) yield amounts.at(-1);
}

/** What the caller saw, told as it comes. */
class Outcome {
  #members = {};
  #interims = [];
  #pieces = []; // no more of them than WHOLE_MAX takes
  #tail = Buffer.alloc(0);
  #length = 0;
  #onHead;

  constructor(onHead) {
    this.#onHead = onHead;
  }

  get hasHead() {
    return this.#members.status !== undefined;
  }

  get length() {
    return this.#length;
  }

  head(status, reason, headers) {
    Object.assign(this.#members, { status, reason: shown(reason), headers: shownFields(headers) });
    this.#onHead();
  }

  interim(status, headers) {
    this.#interims.push({ status, headers: shownFields(headers) });
  }

  give(data) {
    if (this.#length <= WHOLE_MAX) this.#pieces.push(data);
    this.#tail = Buffer.concat([this.#tail, data]).subarray(-END_SIZE);
    this.#length += data.length;
  }

  trailers(list) {
    this.#members.trailers = shownFields(list);
  }

  #body() {
    const content = Buffer.concat(this.#pieces);
    if (this.#length <= WHOLE_MAX) return shown(content);
    const end = (part) => ({ b64: part.toString('base64') });
    return { len: this.#length, head: end(content.subarray(0, END_SIZE)), tail: end(this.#tail) };
  }

  message() {
    const message = { ...this.#members };
    if (this.hasHead) message.body = this.#body();
    if (this.#interims.length > 0) message.interim = this.#interims;
    return message;
  }
}

const say = (message) => process.stdout.write(JSON.stringify(message) + '\n');

class Loop {
  #driver;
  #session = null;
  #id = null;
  #begun = null;
  #holds = new Map(); // name to what frees it
  #turn = Promise.resolve(); // all that has to be done before the next message

  constructor(driver) {
    this.#driver = driver;
  }

  take(line) {
    const message = parse(line);
    if ('go' in message) this.#free(message);
    else this.#turn = this.#turn.then(() => this.#handle(message)).catch((error) => this.#fail(error));
  }

  #free(message) {
    const free = this.#holds.get(message.go);
    if (message.id !== this.#id || !free) throw new Junk(`nothing stands at ${JSON.stringify(message.go)}`);
    this.#holds.delete(message.go);
    free();
  }

  /** The promise, where there is one, is fulfilled when the next message may be handled. */
  #handle(message) {
    if ('begin' in message && this.#session === null) return this.#begin(message);
    if (this.#session === null || message.id !== this.#id) throw new Junk(`no such session: ${JSON.stringify(message)}`);
    if ('do' in message) return this.#play(message);
    if (message.end === true) return this.#end();
    throw new Junk(`not a message of the protocol: ${JSON.stringify(message)}`);
  }

  #begin({ id, begin }) {
    this.#id = id;
    this.#begun = begin;
    this.#session = new this.#driver.Session({ ca: begin.ca, deadlineMs: begin.deadline_ms ?? 5000 });
  }

  async #end() {
    await this.#session.close();
    this.#session = null;
    this.#holds.clear();
    say({ id: this.#id, ended: true });
  }

  #play(message) {
    const place = { id: this.#id, step: message.step };
    const hold = (name) => new Promise((free) => {
      this.#holds.set(name, free);
      say({ ...place, held: name });
    });
    let ask;
    try {
      ask = new Ask(message.do.request, this.#begun, hold);
    } catch (error) {
      if (error instanceof Unsupported) return say({ ...place, unsupported: error.message });
      throw new Junk(`a step of a wrong shape (${error.message}): ${JSON.stringify(message)}`);
    }
    const outcome = new Outcome(() => this.#begun.heads && say({ ...place, event: 'head' }));
    const answered = this.#answer(ask, outcome).then((answer) => say({ ...place, ...answer }));
    return ask.background ? answered.catch((error) => this.#fail(error)) && undefined : answered;
  }

  async #answer(ask, outcome) {
    try {
      const lacking = ask.needs().filter((word) => !this.#driver.can.includes(word));
      if (lacking.length > 0) throw new Unsupported(lacking.join(', '));
      await this.#session.play(ask, outcome);
      return { outcome: outcome.message() };
    } catch (error) {
      if (error instanceof Unsupported) return { unsupported: visible(error.message) };
      return { outcome: { ...outcome.message(), error: this.#word(error), text: visible(String(error)) } };
    }
  }

  #word(error) {
    const code = typeof error.code === 'string' ? error.code : String(error.name);
    return this.#driver.errors.find(([pattern]) => pattern.test(code))?.[1] ?? 'other';
  }

  #fail(error) {
    process.stderr.write(`driver of ${this.#driver.client}: ${error instanceof Junk ? error.message : error.stack}\n`);
    process.exit(1);
  }

  run() {
    const { client, version, engine, can } = this.#driver;
    say({ assay: 1, client, version, engine, can });
    const lines = readline.createInterface({ input: process.stdin, crlfDelay: Infinity });
    lines.on('line', (line) => {
      try {
        this.take(line);
      } catch (error) {
        this.#fail(error);
      }
    });
    lines.on('close', () => this.#turn.then(() => process.exit(0)));
  }
}

function parse(line) {
  try {
    const message = JSON.parse(line);
    if (Number.isInteger(message?.id)) return message;
  } catch {
    // told below
  }
  throw new Junk(`want a message of the protocol, got ${JSON.stringify(line.slice(0, 200))}`);
}

/** Plays sessions until input ends. */
export function run(driver) {
  new Loop(driver).run();
}
