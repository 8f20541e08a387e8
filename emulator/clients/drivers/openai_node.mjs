// Drives OpenAI's client for Node, the npm package `openai`, by driver protocol 1 (see ../README.md).
//
// It owns what the client's methods and errors are to the protocol, and the client's sleep between attempts. It knows
// nothing of what a right answer is: whatever the client returns or throws is shown as it is.
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

const PREFIX = "/api/v1/llm";
/** How many lists and objects may stand in each other in an answer; the contract's stand in fewer than ten. */
const DEEPEST = 100;

/** Returns the client's modules, found as Node finds any: from the current folder upwards, then in NODE_PATH. */
function load() {
  const require = createRequire(path.resolve("from-here"));
  try {
    return { ...require("openai"), ...require("openai/version") };
  } catch (error) {
    const [reason] = String(error.message).split("\n");
    fail(
      `expected the npm package openai in ${process.cwd()} or in NODE_PATH, where \`npm install openai@7.57.0\` puts it: ${reason}`,
    );
  }
}

function fail(sentence) {
  process.stderr.write(`openai_node.mjs: ${sentence}\n`);
  process.exit(1);
}

// Whatever the client prints is for people; only answers go to the protocol's stream.
const answer = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

const { OpenAI, OpenAIError, APIError, VERSION, toFile } = load();

/** Each call of the protocol: the arguments that the client's types have, and the client's method. */
const CALLS = {
  "batches.create": {
    takes: ["input_file_id", "endpoint", "metadata"],
    make: (client, body) => client.batches.create({ completion_window: "24h", ...body }),
  },
  "batches.list": { takes: ["after", "limit"], make: async (client, query) => page(await client.batches.list(query)) },
  "batches.get": { takes: ["batch_id"], make: (client, { batch_id }) => client.batches.retrieve(batch_id) },
  "batches.cancel": { takes: ["batch_id"], make: (client, { batch_id }) => client.batches.cancel(batch_id) },
  "files.upload": { takes: ["filename", "content", "purpose"], make: upload },
  "files.list": {
    takes: ["after", "limit", "order", "purpose"],
    make: async (client, query) => page(await client.files.list(query)),
  },
  "files.get": { takes: ["file_id"], make: (client, { file_id }) => client.files.retrieve(file_id) },
  "files.delete": { takes: ["file_id"], make: (client, { file_id }) => client.files.delete(file_id) },
  "files.content": { takes: ["file_id"], make: download },
};

async function upload(client, { filename, content, purpose }) {
  const file = await toFile(Buffer.from(content, "base64"), filename);
  return client.files.create({ file, purpose });
}

async function download(client, { file_id }) {
  const response = await client.files.content(file_id);
  return { content: Buffer.from(await response.arrayBuffer()).toString("base64") };
}

/** Returns what a page shows its user: its other members are protected. */
const page = ({ data, has_more }) => ({ data, has_more });

/** One client, and how long it slept in the call that it makes. */
class Session {
  constructor({ base_url, api_key, on_behalf_of, retries, timeout_s, clock }) {
    this.sleeps = [];
    this.clock = clock ?? null;
    this.client = new OpenAI({
      baseURL: `${base_url}${PREFIX}`,
      apiKey: api_key,
      defaultHeaders: on_behalf_of == null ? {} : { "X-On-Behalf-Of": on_behalf_of },
      ...(retries === "off" ? { maxRetries: 0 } : {}),
      ...(timeout_s == null ? {} : { timeout: Math.round(timeout_s * 1000) }),
    });
    this.watch(this.client);
  }

  /** Replaces the sleep before the client's next attempt. */
  watch(client) {
    const { retryRequest } = client;
    client.retryRequest = (...given) => {
      // The client sets its timer before it first yields, so that no timer but this one is replaced.
      const { setTimeout } = globalThis;
      globalThis.setTimeout = (wake, milliseconds) => void this.sleep(milliseconds / 1000).then(wake);
      try {
        return retryRequest.apply(client, given);
      } finally {
        globalThis.setTimeout = setTimeout;
      }
    };
  }

  async sleep(seconds) {
    this.sleeps.push(seconds);
    if (this.clock) await advance(this.clock, seconds);
  }

  async call({ takes, make }, args) {
    this.sleeps = [];
    const outcome = Object.keys(args).every((name) => takes.includes(name))
      ? await outcomeOf(() => make(this.client, args))
      : { unsupported: true };
    return { ...outcome, sleeps: this.sleeps, ...(this.clock ? { slept: true } : {}) };
  }
}

async function advance({ url, headers }, by) {
  const reply = await fetch(`${url}/clock/advance`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ by }),
  });
  if (!reply.ok) fail(`expected ${url} to move the clock by ${by} s, it answered ${reply.status}`);
  await reply.arrayBuffer();
}

async function outcomeOf(make) {
  try {
    return { result: (await make()) ?? null };
  } catch (error) {
    return { raised: raised(error) };
  }
}

function raised(error) {
  const status = error instanceof APIError ? (error.status ?? null) : null;
  return {
    type: error?.constructor?.name ?? typeof error,
    declared: error instanceof OpenAIError,
    status,
    body: status === null ? null : body(error),
    message: String(error?.message ?? error),
  };
}

/** Returns a reply's body as far as the client keeps it: JSON as a value, in `error`, and text in the message. */
function body({ status, error, message, headers }) {
  if (error === undefined) return message === `${status} status code (no body)` ? "" : message.slice(`${status} `.length);
  // The client shows a body and what stands alone in a body's `error` alike; but the one was shorter than the other.
  const enveloped = written({ error });
  const length = Number(headers.get("content-length") ?? Infinity);
  return Buffer.byteLength(enveloped) <= length ? enveloped : written(error);
}

let session;
async function answerTo({ call, args }) {
  if (call === "connect") return outcomeOf(() => connect(args));
  const known = CALLS[call];
  if (!known || !isExact(args)) return { unsupported: true };
  if (!session) fail(`expected connect before the first call, found ${call}`);
  return session.call(known, args);
}

function connect(args) {
  session = new Session(args);
  return {};
}

/** Says whether JavaScript's numbers can hold these arguments: integers that are larger would be other ones. */
function isExact(value) {
  if (typeof value === "number") return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return typeof value !== "object" || value === null || Object.values(value).every(isExact);
}

/** Yields a stream's lines: what ends with a line feed, and with nothing else. */
async function* lines(stream) {
  let pieces = [];
  for await (const chunk of stream) {
    let start = 0;
    for (let end; (end = chunk.indexOf(10, start)) !== -1; start = end + 1) {
      yield Buffer.concat([...pieces, chunk.subarray(start, end)]).toString("utf8");
      pieces = [];
    }
    pieces.push(chunk.subarray(start));
  }
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch (error) {
    fail(`expected a request as a JSON object on a line, found ${line.slice(0, 80)}: ${error.message}`);
  }
}

const write = (value) => new Promise((done) => answer(`${written(value)}\n`, done));

const written = (value) => JSON.stringify(shown(value));

/** Returns what a line can hold of a value: infinite numbers by their names, for null would be another value. */
function shown(value, depth = DEEPEST) {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "nested too deep to be shown";
  if (Array.isArray(value)) return value.map((item) => shown(item, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shown(member, depth - 1)]));
}

await write({ driver: 1, name: "openai", version: VERSION, language: "javascript", retry: { max_attempts: 3 } });
for await (const line of lines(process.stdin)) {
  const request = parse(line);
  await write({ id: request.id, ...(await answerTo(request)) });
}
process.exit(0);
