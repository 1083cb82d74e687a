// The client against a running server, whose address and tokens come from the environment.

import assert from "node:assert/strict";
import { test } from "node:test";

import { connect, etagOf, isProblem, type Problem } from "./api/schema.js";

const url = process.env.MIMSY_URL!;
const ada = connect({ url, token: process.env.MIMSY_TOKEN! });
const eve = connect({ url, token: async () => process.env.MIMSY_TOKEN_EVE });

const problem = async (asked: Promise<unknown>): Promise<Problem> => {
  try {
    await asked;
  } catch (failure) {
    if (isProblem(failure)) return failure.problem;
    throw failure;
  }
  return assert.fail("it succeeded");
};

const draft = async (number: string) => {
  const customer = (await ada.customers.list({ limit: 1 })).data[0]!.id;
  return { number, customer, total: "12.50", note: "a, b (c) \"d\" & é" };
};

test("a row through its life", async () => {
  const created = await ada.invoices.create(await draft("INV-900001"));
  assert.equal(created.total, "12.50");
  assert.ok(etagOf(created));
  const got = await ada.invoices.get(created.id);
  assert.deepEqual(got, created);
  const changed = await ada.invoices.update(got, { status: "sent", note: null });
  assert.equal(changed.note, null);
  // It was got before the change, so it brings an old version.
  const stale = await problem(ada.invoices.update(got, { note: "again" }));
  assert.equal(stale.code, "VERSION_MISMATCH");
  assert.equal(stale.status, 412);
  await ada.invoices.update(got.id, { note: "by its key alone" });
  assert.equal((await problem(eve.invoices.get(created.id))).code, "NOT_FOUND");
  await ada.invoices.delete(created.id);
  assert.equal((await problem(ada.invoices.get(created.id))).code, "NOT_FOUND");
});

test("filters, sorting and includes", async () => {
  const one = await ada.invoices.create(await draft("INV-900002"));
  const found = await ada.invoices.list({
    filter: { number: { in: ["INV-900002", "INV,900003"] }, note: { contains: 'b (c) "d" & é' } },
    include: { customer: true, lines: { limit: 2, sort: ["-qty", "price"], filter: { description: { in: ['a,b', 'c"d'] } } } },
    count: "exact",
  });
  assert.deepEqual(found.page.count, { value: 1, kind: "exact" });
  const [row] = found.data;
  assert.equal(row!.customer!.id, one.customer);
  assert.deepEqual(row!.lines, { data: [], page: { limit: 2, more: false } });
  const some = await ada.invoices.list({ filter: { lines: { some: { qty: { gte: 1 } } } }, sort: "-number", limit: 1 });
  assert.equal(some.data.length, 1);
  await ada.invoices.delete(one);
});

test("all rows, over any number of pages", async () => {
  const all = await ada.lines.list({ limit: 1000 });
  const ids: string[] = [];
  for await (const line of ada.lines.each({ limit: 7 })) ids.push(line.id);
  assert.deepEqual(ids.sort(), all.data.map((line) => line.id as string).sort());
  assert.ok(ids.length > 14);
});

test("what is wrong with a body is told at once", async () => {
  const wrong = await problem(ada.invoices.create({ ...(await draft("17")), total: "-1" }));
  assert.equal(wrong.code, "VALIDATION");
  assert.deepEqual(wrong.errors?.map((one) => one.pointer).sort(), ["/number", "/total"]);
});

test("a request that was cut off is done once", async () => {
  let sent = 0;
  const flaky = connect({
    url,
    token: process.env.MIMSY_TOKEN!,
    fetch: async (address, init) => {
      const answer = await fetch(address, init);
      if (init.method === "POST" && sent++ === 0) throw new TypeError("cut off");
      return answer;
    },
  });
  const created = await flaky.invoices.create(await draft("INV-900004"));
  assert.equal(sent, 2);
  const found = await ada.invoices.list({ filter: { number: "INV-900004" } });
  assert.deepEqual(found.data.map((row) => row.id), [created.id]);
  await ada.invoices.delete(created);
});

test("a request ends when it is aborted", async () => {
  await assert.rejects(ada.invoices.list({}, { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("an answer of somebody else's is a problem without a code", async () => {
  const proxy = connect({ fetch: async () => new Response("<html>", { status: 502, statusText: "Bad Gateway" }) });
  await assert.rejects(proxy.invoices.list(), { message: "Bad Gateway", problem: { type: "about:blank", title: "Bad Gateway", status: 502, code: "UNKNOWN" } });
});
