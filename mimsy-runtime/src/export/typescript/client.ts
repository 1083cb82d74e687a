// The client: how requests are made. What can be asked for, `schema.ts` says.
//
// It stands on `fetch` alone, and runs in browsers, in Node and wherever else there is one.

/** What an entity is over this API. Each entity of `schema.ts` has one. */
export interface Model {
  row: object;
  key: unknown;
  draft: object;
  patch: object;
  filter: object;
  sort: string;
  /** What can be included: relations to one row, or to many. */
  include: object;
}

/** A relation that reaches one row. */
export interface One<M extends Model> {
  one: M;
}

/** A relation that reaches one row, or none. */
export interface Maybe<M extends Model> {
  maybe: M;
}

/** A relation that reaches any number of rows. */
export interface Many<M extends Model> {
  many: M;
}

/** The same entity with less that can be included: on the way of an include, its first entity says what is open. */
export type Opened<M extends Model, I extends object> = Omit<M, "include"> & { include: I };

declare const of: unique symbol;

/** A key that the server makes; that of another entity is another type. */
export type Id<Entity extends string, Value = string> = Value & { readonly [of]: Entity };

/** A UUID of no entity's. */
export type Uuid = string;
/** An exact decimal, all of its digits: `"12.50"`. */
export type Decimal = string;
/** An integer that a number cannot carry, in digits. */
export type WideInteger = string;
/** A moment in UTC: `"2026-11-20T13:35:51.593434Z"`. */
export type Timestamp = string;
/** A day: `"2026-11-20"`. */
export type CalendarDate = string;
/** A time of day: `"13:35:51.593434"`. */
export type TimeOfDay = string;
/** Bytes as base64. */
export type Base64 = string;
/** Any JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface Operators<T> {
  eq: T;
  ne: T;
  lt: T;
  lte: T;
  gt: T;
  gte: T;
  in: readonly T[];
  nin: readonly T[];
  between: readonly [T, T];
  contains: T extends readonly (infer Item)[] ? Item : string;
  icontains: string;
  starts_with: string;
  ends_with: string;
  is_null: boolean;
}

/** Operators by what a value needs for them. */
export type Same = "eq" | "ne";
export type Among = "in" | "nin";
export type Order = "lt" | "lte" | "gt" | "gte" | "between";
export type Text = "contains" | "icontains" | "starts_with" | "ends_with";

/** What can be asked of a field: a value that it has to be, or operators. */
export type Ask<T, O extends keyof Operators<T>> = ("eq" extends O ? T : never) | { [K in O]?: Operators<T>[K] };

/** What can be asked of the rows of a relation. */
export interface AskRows<F> {
  some?: F | true;
  every?: F;
  none?: F | true;
  count?: Ask<number, Same | Among | Order>;
}

/** A sort key, downwards with a `-`. */
export type Sort<Name extends string> = Name | `-${Name}`;

/** A sort key of what may be null. */
export type SortNull<Name extends string> = Sort<Name> | `${Sort<Name>}:${"nulls_first" | "nulls_last"}`;

type Target<R> = R extends One<infer M> ? M : R extends Maybe<infer M> ? M : R extends Many<infer M> ? M : never;

/** Which relations to include, and what of them. */
export type Include<M extends Model> = {
  [R in keyof M["include"]]?: true | Included<M["include"][R]>;
};

type Included<R> = { include?: Include<Target<R>> } & (R extends Many<infer M>
  ? { limit?: number; sort?: M["sort"] | readonly M["sort"][]; filter?: M["filter"] }
  : unknown);

/** What is asked to be included, without what there is not. */
type Known<M extends Model, I> = {
  [R in keyof I]: R extends keyof M["include"]
    ? I[R] extends { include: infer N }
      ? { include: Known<Target<M["include"][R]>, N> }
      : unknown
    : never;
};

type Inner<I> = I extends { include: infer N } ? N : unknown;

type Reached<R, I> = R extends Many<infer M>
  ? { data: Row<M, Inner<I>>[]; page: { limit: number; more: boolean } }
  : R extends Maybe<infer M>
    ? Row<M, Inner<I>> | null
    : R extends One<infer M>
      ? Row<M, Inner<I>>
      : never;

/**
 * A row, with what was included in the place of its keys. A row that may not be read is left out, and its relation named
 * in `_masked`.
 */
export type Row<M extends Model, I = unknown> = Omit<M["row"], keyof I> & {
  [R in keyof I & keyof M["include"]]?: Reached<M["include"][R], I[R]>;
} & { _masked?: string[] };

/** What is asked of a list. */
export interface Query<M extends Model, I = unknown> {
  filter?: M["filter"];
  sort?: M["sort"] | readonly M["sort"][];
  limit?: number;
  after?: string;
  before?: string;
  offset?: number;
  count?: "exact" | "none";
  include?: I & Include<M> & Known<M, I>;
}

/** A page of a list. */
export interface Page<T> {
  data: T[];
  page: {
    next: string | null;
    prev: string | null;
    limit: number;
    count?: { value: number; kind: "exact" | "at_least" };
  };
}

/** What every call takes. */
export interface Call {
  /** Ends the request. */
  signal?: AbortSignal;
}

/** What a write takes. */
export interface Write extends Call {
  /** The name under which it is done once, however often it is sent. One is made up where a request may be repeated. */
  idempotencyKey?: string;
}

/** What a change of a row takes. */
export interface Change extends Write {
  /** The `ETag` that the row must still have. A row that this client has got brings its own. */
  ifMatch?: string;
}

/** How to reach the API. */
export interface Options {
  /** Where it is: `https://example.com`, or empty for the page's own server. */
  url?: string;
  /** The bearer token, or what gives it. */
  token?: string | (() => string | undefined | Promise<string | undefined>);
  /** What makes requests: SvelteKit's, a test's, by default the global one. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** How often a request is repeated after a failure that may pass, if it is safe to repeat. 2 by default. */
  retries?: number;
}

/** One thing that is wrong with a request. */
export interface Violation {
  /** Where in the body, as a JSON pointer. */
  pointer?: string;
  /** Which parameter. */
  parameter?: string;
  code: string;
  detail: string;
  params?: Record<string, unknown>;
}

/** What the server says went wrong (RFC 9457). */
export interface ProblemDetails<Code extends string, Status extends number> {
  type: string;
  title: string;
  status: Status;
  code: Code;
  detail?: string;
  /** The id of the request, in the server's log. */
  instance?: string;
  errors?: Violation[];
  policy?: { rule?: string; reason: string };
}

/** A request was answered by a problem. */
export class ProblemError<P extends ProblemDetails<string, number> = ProblemDetails<string, number>> extends Error {
  constructor(readonly problem: P) {
    super(problem.detail ?? problem.title);
    this.name = "ProblemError";
  }
}

const tags = new WeakMap<object, string>();

/** The `ETag` of a row that was got, created or changed. */
export const etagOf = (row: object): string | undefined => tags.get(row);

/** What is known of an entity at run time: its path, and the fields of its key. */
export type Place = readonly [path: string, key: readonly string[]];

const part = (value: unknown): string => encodeURIComponent(String(value));

const list = (value: unknown): string => (Array.isArray(value) ? value.map(part).join(",") : part(value));

/** `{total: {gt: 3}}` as `filter[total][gt]=3`. */
function filters(value: unknown, name: string, set: (name: string, value: string) => void): void {
  if (value === null) set(`${name}[is_null]`, "true");
  else if (typeof value === "object" && !Array.isArray(value))
    for (const [key, inner] of Object.entries(value as object)) {
      if (inner !== undefined) filters(inner, `${name}[${key}]`, set);
    }
  else set(name, list(value));
}

/** A value in an argument of an include, in quotes where it holds what would end it. */
const quoted = (text: string): string =>
  /[(),"]/.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : text;

type AnyInclude = Record<string, true | (Query<Model> & { include?: AnyInclude }) | undefined>;

/** `{lines: {limit: 5, include: {product: true}}}` as `lines(limit:5),lines.product`. */
function includes(include: AnyInclude, before: string): string[] {
  return Object.entries(include).flatMap(([name, asked]) => {
    if (!asked) return [];
    const path = before + name;
    if (asked === true) return [path];
    const told: string[] = [];
    if (asked.limit !== undefined) told.push(`limit:${asked.limit}`);
    if (asked.sort !== undefined) told.push(`sort:${[asked.sort].flat().join(",")}`);
    if (asked.filter)
      filters(asked.filter, "filter", (key, value) =>
        // What a comma stands between stays apart.
        told.push(`${key}:${value.split(",").map((one) => quoted(decodeURIComponent(one))).join(",")}`),
      );
    const own = told.length ? `${path}(${told.join(",")})` : path;
    return [own, ...includes(asked.include ?? {}, `${path}.`)];
  });
}

function search(query: Query<Model>): string {
  const pairs: string[] = [];
  const set = (name: string, value: string) => pairs.push(`${name}=${value}`);
  if (query.filter) filters(query.filter, "filter", set);
  if (query.sort !== undefined) set("sort", list(query.sort));
  if (query.include) {
    const all = includes(query.include as AnyInclude, "");
    if (all.length) set("include", all.map(part).join(","));
  }
  for (const name of ["limit", "after", "before", "offset", "count"] as const) {
    if (query[name] !== undefined) set(name, part(query[name]));
  }
  return pairs.length ? `?${pairs.join("&")}` : "";
}

const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((done, failed) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), failed(signal.reason)), { once: true });
  });

/** A name that nobody else gives. Pages without TLS have no `randomUUID`. */
const fresh = (): string =>
  globalThis.crypto?.randomUUID?.() ?? `${Date.now()}-${Math.random()}-${Math.random()}`.replaceAll("0.", "");

interface Asked extends Change {
  body?: unknown;
  type?: string;
}

/** Make requests, and read their answers. */
export class Connection {
  constructor(private readonly options: Options) {}

  async ask(method: string, path: string, asked: Asked = {}): Promise<Response> {
    const { url = "", token, retries = 2 } = this.options;
    const credentials = typeof token === "function" ? await token() : token;
    const headers: Record<string, string> = { Accept: "application/json", ...this.options.headers };
    if (credentials) headers.Authorization = `Bearer ${credentials}`;
    if (asked.body !== undefined) headers["Content-Type"] = asked.type ?? "application/json";
    if (asked.ifMatch) headers["If-Match"] = asked.ifMatch;
    const key = asked.idempotencyKey ?? (method !== "GET" && credentials && retries ? fresh() : undefined);
    if (method !== "GET" && key) headers["Idempotency-Key"] = key;
    const init: RequestInit = { method, headers, signal: asked.signal ?? null };
    if (asked.body !== undefined) init.body = JSON.stringify(asked.body);
    const repeatable = method === "GET" || key !== undefined;
    for (let tried = 0; ; tried++) {
      const last = tried >= retries || !repeatable;
      let answer: Response;
      try {
        // Not as a method: the browser's wants to be called by itself.
        const make = this.options.fetch ?? fetch;
        answer = await make(url + path, init);
      } catch (failure) {
        if (last || asked.signal?.aborted) throw failure;
        await pause(100 * 2 ** tried, asked.signal);
        continue;
      }
      if (answer.ok) return answer;
      const after = Number(answer.headers.get("Retry-After"));
      if (!last && (answer.status === 503 || answer.status === 429 || (answer.status === 409 && after))) {
        await pause(after * 1000 || 100 * 2 ** tried, asked.signal);
        continue;
      }
      throw new ProblemError(await problem(answer));
    }
  }
}

async function problem(answer: Response): Promise<ProblemDetails<string, number>> {
  const { status, statusText } = answer;
  const unnamed = { type: "about:blank", title: statusText || `HTTP ${status}`, status, code: "UNKNOWN" };
  try {
    return { ...unnamed, ...(await answer.json()) };
  } catch {
    // Not the server's own words, but a proxy's.
    return unnamed;
  }
}

/** The rows of an entity. */
export class Collection<M extends Model> {
  constructor(
    private readonly connection: Connection,
    private readonly prefix: string,
    private readonly place: Place,
  ) {}

  /** A page of rows. */
  async list<const I = unknown>(query: Query<M, I> = {}, call?: Call): Promise<Page<Row<M, I>>> {
    const path = `${this.prefix}/${this.place[0]}${search(query as Query<Model>)}`;
    return (await this.connection.ask("GET", path, call)).json();
  }

  /** All rows, a page at a time. */
  async *pages<const I = unknown>(query: Query<M, I> = {}, call?: Call): AsyncGenerator<Page<Row<M, I>>> {
    for (let after: string | null | undefined = query.after; after !== null; ) {
      const page: Page<Row<M, I>> = await this.list(after === undefined ? query : { ...query, after }, call);
      yield page;
      after = page.page.next;
    }
  }

  /** All rows, one by one. */
  async *each<const I = unknown>(query: Query<M, I> = {}, call?: Call): AsyncGenerator<Row<M, I>> {
    for await (const page of this.pages(query, call)) yield* page.data;
  }

  /** One row. */
  async get<const I = unknown>(
    key: M["key"] | M["row"],
    query: Pick<Query<M, I>, "include"> = {},
    call?: Call,
  ): Promise<Row<M, I>> {
    return this.row(await this.connection.ask("GET", this.path(key) + search(query as Query<Model>), call));
  }

  /** A new row. Where it may be created but not read, only its key comes back. */
  async create(draft: M["draft"], write?: Write): Promise<Row<M>> {
    const path = `${this.prefix}/${this.place[0]}`;
    return this.row(await this.connection.ask("POST", path, { ...write, body: draft }));
  }

  /** Change a row. A row that was got by this client is changed only if nobody else has changed it since. */
  async update(key: M["key"] | M["row"], patch: M["patch"], change?: Change): Promise<Row<M>> {
    const asked = { ...this.since(key), ...change, body: patch, type: "application/merge-patch+json" };
    return this.row(await this.connection.ask("PATCH", this.path(key), asked));
  }

  /** Create or replace the row with this key. */
  async upsert(key: M["key"] | M["row"], draft: M["draft"], change?: Change): Promise<Row<M>> {
    const asked = { ...this.since(key), ...change, body: draft };
    return this.row(await this.connection.ask("PUT", this.path(key), asked));
  }

  /** Delete a row. A row that was got by this client is deleted only if nobody else has changed it since. */
  async delete(key: M["key"] | M["row"], change?: Change): Promise<void> {
    await this.connection.ask("DELETE", this.path(key), { ...this.since(key), ...change });
  }

  private since(key: unknown): Change {
    const tag = typeof key === "object" && key !== null ? tags.get(key) : undefined;
    return tag === undefined ? {} : { ifMatch: tag };
  }

  private path(key: unknown): string {
    const [path, names] = this.place;
    const row = typeof key === "object" && !Array.isArray(key);
    const parts = row ? names.map((name) => (key as Record<string, unknown>)[name]) : [key].flat();
    return `${this.prefix}/${path}/${parts.map(part).join(",")}`;
  }

  private async row<R extends object>(answer: Response): Promise<R> {
    const row: R = (await answer.json()).data;
    const tag = answer.headers.get("ETag");
    if (tag) tags.set(row, tag);
    return row;
  }
}
