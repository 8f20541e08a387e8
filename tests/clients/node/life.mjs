// One batch's life through OpenAI's client for Node. Prints what it saw, as JSON.
import OpenAI, { toFile } from "openai";

const { SERVER_URL, API_KEY, INPUT } = process.env;
const client = new OpenAI({ baseURL: `${SERVER_URL}/api/v1/llm`, apiKey: API_KEY, maxRetries: 0 });

const advance = (by) =>
  fetch(`${SERVER_URL}/_emulator/clock/advance`, {
    method: "POST",
    headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ by }),
  });

const upload = async () => {
  const file = await toFile(Buffer.from(INPUT), "input.jsonl");
  return client.files.create({ file, purpose: "batch", expires_after: { anchor: "created_at", seconds: 3600 } });
};
const create = (input_file_id) =>
  client.batches.create({ input_file_id, endpoint: "/v1/chat/completions", completion_window: "24h" });

const file = await client.files.waitForProcessing((await upload()).id, { pollInterval: 1 });
const created = await create(file.id);

let batch = created;
const statuses = [];
while (!["completed", "failed", "expired", "cancelled"].includes(batch.status)) {
  statuses.push(batch.status);
  await advance("20m");
  batch = await client.batches.retrieve(created.id);
}
const output = await (await client.files.content(batch.output_file_id)).text();

const ids = [created.id];
while (ids.length < 25) ids.unshift((await create(file.id)).id);
const listed = [];
for await (const each of client.batches.list()) listed.push(each.id);

const cancelled = await client.batches.cancel(ids[0]);
const deleted = await client.files.delete(file.id);
const files = [];
for await (const each of client.files.list({ limit: 1 })) files.push(each.filename);
const errors = [];
for (const call of [() => client.batches.retrieve("batch_unknown"), () => client.batches.cancel(created.id)]) {
  await call().catch((error) => errors.push([error.constructor.name, error.status, error.error.message]));
}

const status = batch.status;
const pages = { ids, listed };
console.log(JSON.stringify({ statuses, status, output, pages, cancelled, deleted, files, errors, batch, file }));
