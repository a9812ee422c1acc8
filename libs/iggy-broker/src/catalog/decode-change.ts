import type { CatalogChange } from "./catalog-change.js";

type Check = (value: unknown) => boolean;

const U32_MAX = 0xffff_ffff;

const id: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= U32_MAX;
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const text: Check = (value) => typeof value === "string";
const expiry: Check = (value) => value === null || (text(value) && /^\d{1,20}$/.test(value as string));
const status: Check = (value) => value === "active" || value === "inactive" || id(value);
const options: Check = (value) => Array.isArray(value) && value.every(isOption);
const permissions: Check = (value) => value === null || isPermissions(value);

const stream = { stream: id };
const topic = { stream: id, topic: id };
const user = { user: id };

/** Fields of every kind of change; fields of later versions may stand beside them. */
const FIELDS: Readonly<Record<CatalogChange["type"], Readonly<Record<string, Check>>>> = {
  "session-registered": {},
  "stream-created": { ...stream, name: text, at: count },
  "stream-renamed": { ...stream, name: text },
  "stream-deleted": stream,
  "stream-purged": { ...stream, firstStorageId: count },
  "topic-created": {
    ...topic,
    name: text,
    at: count,
    options,
    partitionCount: count,
    firstStorageId: count,
  },
  "topic-updated": { ...topic, name: text, options },
  "topic-deleted": topic,
  "topic-purged": { ...topic, firstStorageId: count },
  "partitions-created": { ...topic, at: count, count, firstStorageId: count },
  "partitions-deleted": { ...topic, count },
  "group-created": { ...topic, group: id, name: text },
  "group-deleted": { ...topic, group: id },
  "user-created": { ...user, name: text, at: count, status, passwordHash: text, permissions },
  "user-updated": { ...user, name: text, status },
  "user-deleted": user,
  "permissions-updated": { ...user, permissions },
  "password-changed": { ...user, passwordHash: text },
  "token-created": { ...user, name: text, hash: text, expiresAt: expiry },
  "token-deleted": { ...user, name: text },
};

/** @throws RangeError, or SyntaxError, for bytes that are no change this version knows */
export function decodeChange(payload: Uint8Array): CatalogChange {
  const change: unknown = JSON.parse(Buffer.from(payload).toString());
  if (!isRecord(change) || !text(change.type)) throw new RangeError("a metadata change has no type");
  const type = change.type as CatalogChange["type"];
  // A journal of a later version may hold changes that this one cannot follow.
  if (!Object.hasOwn(FIELDS, type)) throw new RangeError(`metadata change of unknown type ${type}`);
  for (const [field, check] of Object.entries(FIELDS[type])) {
    if (!check(change[field])) throw new RangeError(`a metadata change ${type} has a wrong ${field}`);
  }
  return change as unknown as CatalogChange;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOption(value: unknown): boolean {
  return Array.isArray(value) && value.length === 3 && text(value[0]) && id(value[1]) && text(value[2]);
}

function isPermissions(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value.global) || !Array.isArray(value.streams)) return false;
  return value.streams.every(
    (entry: unknown) =>
      isRecord(entry) &&
      id(entry.streamId) &&
      Array.isArray(entry.topics) &&
      entry.topics.every((inner: unknown) => isRecord(inner) && id(inner.topicId)),
  );
}
