/** A control message that was understood. `id` is the text to echo, exactly as it came. */
export type ControlRequest =
  | { readonly method: "SUBSCRIBE" | "UNSUBSCRIBE"; readonly streams: readonly string[]; readonly id: string }
  | { readonly method: "LIST_SUBSCRIPTIONS"; readonly id: string }
  | { readonly method: "SET_PROPERTY"; readonly combined: boolean; readonly id: string }
  | { readonly method: "GET_PROPERTY"; readonly id: string };

export interface ControlRefusal {
  /** 0 unknown property, 1 wrong value type, 2 malformed request, 3 not JSON; others come from fault scripts. */
  readonly code: number;
  readonly msg: string;
  readonly id: string;
}

export type ControlOutcome =
  | { readonly request: ControlRequest; readonly refusal?: undefined }
  | { readonly refusal: ControlRefusal; readonly request?: undefined };

const METHODS = ["SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY"] as const;
const RAW_ID = /"id"\s*:\s*(-?\d{16,19})(?=\s*[,}])/;
const TEXT_ID = /^[A-Za-z0-9]{1,36}$/;

/**
 * Reads one control message. Rules and messages: spot documentation, "Live Subscribing/Unsubscribing to streams"
 * and "Error Messages"; ids are 64-bit integers, alphanumeric texts of at most 36 characters, or null.
 */
export function parseControlMessage(text: string): ControlOutcome {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuse(3, "Invalid JSON: expected value at line 1 column 1", "null");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    return refuse(2, "Invalid request: request must be a JSON object", "null");
  }
  const { method, params, id: givenId } = parsed as { method?: unknown; params?: unknown; id?: unknown };
  const id = idText(givenId, text);
  if (id === undefined) {
    return refuse(
      2,
      "Invalid request: request ID must be an integer, a short alphanumeric string or null",
      "null",
    );
  }
  if (method === undefined) return refuse(2, "Invalid request: missing field `method`", id);
  if (!METHODS.some((known) => known === method)) {
    const variants = METHODS.map((known) => `\`${known}\``).join(", ");
    const given = typeof method === "string" ? `\`${method.slice(0, 40)}\`` : "value";
    return refuse(2, `Invalid request: unknown variant ${given}, expected one of ${variants}`, id);
  }
  switch (method as (typeof METHODS)[number]) {
    case "LIST_SUBSCRIPTIONS":
      return { request: { method: "LIST_SUBSCRIPTIONS", id } };
    case "SUBSCRIBE":
    case "UNSUBSCRIBE":
      return streamRequest(method as "SUBSCRIBE" | "UNSUBSCRIBE", params, id);
    default:
      return propertyRequest(method as "SET_PROPERTY" | "GET_PROPERTY", params, id);
  }
}

/** The error text in either of the two shapes that were seen. */
export function refusalText(refusal: ControlRefusal, shape: "wire" | "documented"): string {
  const body = `"code":${refusal.code},"msg":${JSON.stringify(refusal.msg)}`;
  return shape === "wire" ? `{"error":{${body}},"id":${refusal.id}}` : `{${body},"id":${refusal.id}}`;
}

function streamRequest(method: "SUBSCRIBE" | "UNSUBSCRIBE", params: unknown, id: string): ControlOutcome {
  if (params === undefined) return refuse(2, "Invalid request: missing field `params`", id);
  if (!Array.isArray(params)) return refuse(2, "Invalid request: streams must be an array", id);
  if (!params.every((stream): stream is string => typeof stream === "string")) {
    return refuse(2, "Invalid request: stream names must be strings", id);
  }
  return { request: { method, streams: params, id } };
}

function propertyRequest(
  method: "SET_PROPERTY" | "GET_PROPERTY",
  params: unknown,
  id: string,
): ControlOutcome {
  if (!Array.isArray(params)) return refuse(2, "Invalid request: missing field `params`", id);
  const [property, value] = params as unknown[];
  if (params.length > (method === "SET_PROPERTY" ? 2 : 1)) {
    return refuse(2, "Invalid request: too many parameters", id);
  }
  if (typeof property !== "string") return refuse(2, "Invalid request: property name must be a string", id);
  if (property !== "combined") return refuse(0, "Unknown property", id);
  if (method === "GET_PROPERTY") return { request: { method, id } };
  if (typeof value !== "boolean") return refuse(1, "Invalid value type: expected Boolean", id);
  return { request: { method, combined: value, id } };
}

/** The id as it must be echoed; integers beyond 2^53 are taken from the message's own text. */
function idText(id: unknown, text: string): string | undefined {
  if (id === undefined || id === null) return "null";
  if (typeof id === "string") return TEXT_ID.test(id) ? JSON.stringify(id) : undefined;
  if (typeof id !== "number") return undefined;
  if (Number.isSafeInteger(id)) return `${id}`;
  const raw = RAW_ID.exec(text)?.[1];
  return raw !== undefined && BigInt.asIntN(64, BigInt(raw)) === BigInt(raw) ? raw : undefined;
}

function refuse(code: 0 | 1 | 2 | 3, msg: string, id: string): ControlOutcome {
  return { refusal: { code, msg, id } };
}
