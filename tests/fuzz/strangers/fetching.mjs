// A sound client and its driver, by somebody who writes for the web: on `fetch` alone, and on what that does by itself.
//
// It tries once, or three times where it is let, and not again what may have taken effect. It follows no redirect, shows all
// members that come, and refuses a reply that is no JSON in UTF-8 or has a member of a type that it does not expect.
import { createInterface } from "node:readline";

const AGAIN = new Set([408, 429, 500, 502, 503, 504]);
const TEXTS = ["id", "object", "endpoint", "input_file_id", "completion_window", "status", "filename", "purpose"];
const NULLABLE = ["output_file_id", "error_file_id", "first_id", "last_id", "sha256"];
const TIMES = ["expires_at", "in_progress_at", "finalizing_at", "completed_at", "failed_at", "expired_at", "cancelling_at", "cancelled_at"];
const NUMBERS = ["created_at", "bytes", "max_concurrency"];

class Refused extends Error {
  constructor(message, status = null, body = null) {
    super(message);
    Object.assign(this, { status, body });
  }
}

const isAbsent = (value) => value === undefined || value === null;

function check(good, what) {
  if (!good) throw new Refused(`not as it should be: ${what}`);
}

function shaped(value, needs) {
  check(typeof value === "object" && value !== null && !Array.isArray(value), "an object");
  for (const name of needs) check(name in value && value[name] !== null, name);
  for (const name of TEXTS) check(!(name in value) || typeof value[name] === "string", name);
  for (const name of NULLABLE) check(isAbsent(value[name]) || typeof value[name] === "string", name);
  for (const name of NUMBERS) check(!(name in value) || Number.isSafeInteger(value[name]), name);
  for (const name of TIMES) check(isAbsent(value[name]) || Number.isSafeInteger(value[name]), name);
  for (const name of ["has_more", "deleted"]) check(!(name in value) || typeof value[name] === "boolean", name);
  if ("request_counts" in value) {
    const counts = value.request_counts;
    check(["total", "completed", "failed"].every((name) => Number.isSafeInteger(counts?.[name])), "request_counts");
  }
  if (!isAbsent(value.metadata)) {
    const isObject = typeof value.metadata === "object" && !Array.isArray(value.metadata);
    check(isObject && Object.values(value.metadata).every((text) => typeof text === "string"), "metadata");
  }
  if (!isAbsent(value.errors)) {
    check(Array.isArray(value.errors.data), "errors");
    for (const each of value.errors.data) {
      check(typeof each?.code === "string" && typeof each.message === "string", "errors.data");
      check(isAbsent(each.param) || typeof each.param === "string", "errors.data.param");
      check(isAbsent(each.line) || Number.isSafeInteger(each.line), "errors.data.line");
    }
    check(value.errors.object === undefined || typeof value.errors.object === "string", "errors.object");
  }
  return value;
}

function segment(id) {
  check(id.isWellFormed() && !["", ".", ".."].includes(id), "an id that a path can hold");
  return encodeURIComponent(id);
}

function query(args) {
  const said = new URLSearchParams(Object.entries(args).map(([name, value]) => [name, String(value)]));
  return said.size ? `?${said}` : "";
}

class Client {
  constructor({ base_url, api_key, on_behalf_of, timeout_s, retries }) {
    this.base = `${base_url}/api/v1/llm`;
    this.headers = { Authorization: `Bearer ${api_key}` };
    if (on_behalf_of !== null) {
      check(/^[!-~]([ -~]*[!-~])?$/.test(on_behalf_of), "on_behalf_of");
      this.headers["X-On-Behalf-Of"] = on_behalf_of;
    }
    this.timeout_ms = timeout_s * 1000;
    this.tries = retries === "off" ? 1 : 3;
    this.sleeps = [];
  }

  async ask(method, path, { body, headers = {}, isOnce = false } = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const reply = await this.exchange(method, path, body, headers);
      if (reply.status === 200) return reply;
      const asked = Number(reply.retryAfter ?? 0);
      const pause_s = asked > 0 && asked <= 30 ? asked : 1;
      if (attempt === this.tries || !(isOnce ? reply.status === 429 : AGAIN.has(reply.status)))
        throw new Refused(`status ${reply.status}`, reply.status, new TextDecoder().decode(reply.bytes));
      this.sleeps.push(pause_s);
    }
  }

  async exchange(method, path, body, headers) {
    const options = { method, body, headers: { ...this.headers, ...headers }, redirect: "manual" };
    try {
      const reply = await fetch(this.base + path, { ...options, signal: AbortSignal.timeout(this.timeout_ms) });
      const bytes = new Uint8Array(await reply.arrayBuffer());
      const type = reply.headers.get("content-type") ?? "";
      return { status: reply.status, bytes, type, retryAfter: reply.headers.get("retry-after") };
    } catch (error) {
      throw new Refused(`no reply: ${error.cause ?? error}`);
    }
  }

  async json(needs, ...request) {
    const { bytes, type } = await this.ask(...request);
    check(/^application\/json *(; *charset="?utf-8"?)?$/i.test(type), `JSON, not ${type}`);
    try {
      return shaped(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), needs);
    } catch (error) {
      throw error instanceof Refused ? error : new Refused(`no JSON: ${error}`);
    }
  }

  async page(kind, path) {
    const page = await this.json(["object", "data", "has_more"], "GET", path);
    check(Array.isArray(page.data), "data");
    page.data.forEach((item) => shaped(item, kind));
    return page;
  }
}

const BATCH = ["id", "object", "endpoint", "input_file_id", "completion_window", "status", "created_at", "request_counts", "max_concurrency"];
const FILE = ["id", "object", "bytes", "created_at", "filename", "purpose"];

const CALLS = {
  "batches.create": (client, args) => {
    for (const text of [args.input_file_id, args.endpoint]) check(text.isWellFormed(), "text");
    const body = JSON.stringify({ ...args, completion_window: "24h" });
    return client.json(BATCH, "POST", "/batches", { body, headers: { "Content-Type": "application/json" }, isOnce: true });
  },
  "batches.list": (client, args) => client.page(BATCH, `/batches${query(args)}`),
  "batches.get": (client, { batch_id }) => client.json(BATCH, "GET", `/batches/${segment(batch_id)}`),
  "batches.cancel": (client, { batch_id }) => client.json(BATCH, "POST", `/batches/${segment(batch_id)}/cancel`),
  "files.upload": (client, { filename, content, purpose }) => {
    check(filename.trim() !== "" && filename !== "blob", "filename");
    const body = new FormData();
    body.append("purpose", purpose);
    body.append("file", new File([Buffer.from(content, "base64")], filename), filename);
    return client.json(FILE, "POST", "/files", { body, isOnce: true });
  },
  "files.list": (client, args) => client.page(FILE, `/files${query(args)}`),
  "files.get": (client, { file_id }) => client.json(FILE, "GET", `/files/${segment(file_id)}`),
  "files.delete": (client, { file_id }) => client.json(["id", "deleted"], "DELETE", `/files/${segment(file_id)}`, { isOnce: true }),
  "files.content": async (client, { file_id }) => {
    const { bytes } = await client.ask("GET", `/files/${segment(file_id)}/content`);
    return { content: Buffer.from(bytes).toString("base64") };
  },
};

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

let client;
say({ driver: 1, name: "fetching", version: "1", language: "javascript" });
for await (const line of createInterface({ input: process.stdin })) {
  const { id, call, args } = JSON.parse(line);
  try {
    if (call === "connect") {
      client = undefined;
      client = new Client(args);
      say({ id });
      continue;
    }
    client.sleeps = [];
    say({ id, result: await CALLS[call](client, args), sleeps: client.sleeps });
  } catch (error) {
    const { status = null, body = null, message } = error;
    const raised = { type: error.constructor.name, declared: error instanceof Refused, status, body, message };
    say({ id, raised, sleeps: client?.sleeps ?? [] });
  }
}
