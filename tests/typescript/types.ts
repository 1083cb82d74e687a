// What must compile, and what must not. Never run.

import { connect, isProblem, type Api, type InvoiceId } from "./api/schema.js";

const api: Api = connect();

export async function right(): Promise<void> {
  const page = await api.invoices.list({
    filter: { status: "sent", total: { gte: "100" }, "customer.vip": true, note: null, lines: { some: { qty: { gt: 3 } } } },
    sort: ["-created_at", "note:nulls_first"],
    include: { customer: true, lines: { limit: 5, sort: "-qty", include: { product: true } } },
    count: "exact",
  });
  for (const invoice of page.data) {
    const total: string = invoice.total;
    const name: string | undefined = invoice.customer?.name;
    const product: string | undefined = invoice.lines?.data[0]?.product?.name;
    void [total, name, product];
  }
  const plain = await api.invoices.get(page.data[0]!.id);
  const updated = await api.invoices.update(plain, { status: "paid" });
  await api.invoices.update(updated.id, { note: null });
  for await (const line of api.lines.each({ filter: { qty: { between: [1, 3] } } })) void line.qty;
}

export async function wrong(id: InvoiceId): Promise<void> {
  // @ts-expect-error `org` was not opened for filtering.
  await api.invoices.list({ filter: { org: "x" } });
  // @ts-expect-error No invoice has this status.
  await api.invoices.list({ filter: { status: "payed" } });
  // @ts-expect-error A number has no `contains`.
  await api.lines.list({ filter: { qty: { contains: "1" } } });
  // @ts-expect-error Nothing is sorted by this.
  await api.invoices.list({ sort: "customer" });
  // @ts-expect-error What is never null has no place for nulls.
  await api.invoices.list({ sort: "number:nulls_first" });
  // @ts-expect-error No such relation can be included.
  await api.invoices.list({ include: { org: true } });
  // @ts-expect-error Nor below another one.
  await api.invoices.list({ include: { lines: { include: { prodcut: true } } } });
  // @ts-expect-error A decimal is a string.
  await api.invoices.update(id, { total: 12 });
  // @ts-expect-error The server makes keys.
  await api.invoices.create({ id, number: "INV-000001", customer: id, total: "1.00" });
  // @ts-expect-error The key of an invoice is no key of a line.
  await api.lines.get(id);
  // @ts-expect-error Organisations are not created over the API.
  await api.orgs.create({ name: "x" });
  const one = await api.invoices.get(id);
  // @ts-expect-error It was not included, so it is a key.
  void one.customer.name;
}

export function told(failure: unknown): string {
  if (!isProblem(failure)) throw failure;
  switch (failure.problem.code) {
    case "VALIDATION": {
      const status: 422 = failure.problem.status;
      return `${status}: ${failure.problem.errors?.map((one) => one.pointer).join(", ")}`;
    }
    case "NOT_FOUND":
      return "gone";
    // @ts-expect-error There is no such problem.
    case "NOT_FUOND":
      return "never";
    default:
      return failure.message;
  }
}
