import { describeError, type HealthReport, type StatusReport } from "@ims/common";

/** What one look at a service's operations port found. */
export type ServiceProbe =
  | { readonly kind: "report"; readonly address: string; readonly report: ServiceReport }
  /** Nothing listens there. */
  | { readonly kind: "absent"; readonly address: string }
  /** Something answers, but not as a service does. */
  | { readonly kind: "unreadable"; readonly address: string; readonly reason: string };

/** What is read of `/status`, or of `/health` where a service has no other. */
export type ServiceReport = Pick<HealthReport, "status" | "exchange"> &
  Partial<Omit<StatusReport, "status" | "exchange">>;

/** Longest wait for an answer, milliseconds. */
const TIMEOUT_MILLIS = 2000;
/** A report with one page of feeds is far smaller. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Asks one service how it is. Never rejects.
 * @param address `host:port` or an `http` URL
 */
export async function probeService(address: string, signal: AbortSignal): Promise<ServiceProbe> {
  try {
    const base = address.includes("://") ? address : `http://${address}`;
    const body =
      (await ask(new URL("/status", base), signal)) ?? (await ask(new URL("/health", base), signal));
    const report = reportOf(body);
    if (report) return { kind: "report", address, report };
    return { kind: "unreadable", address, reason: "the answer is no report of a service" };
  } catch (error) {
    if (isRefused(error)) return { kind: "absent", address };
    return { kind: "unreadable", address, reason: describeError(error) };
  }
}

/** The JSON at a URL; undefined for 404. A service that is not ready answers 503, with its report. */
async function ask(url: URL, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLIS)]),
    redirect: "error",
  });
  const bytes = Number(response.headers.get("content-length") ?? 0);
  if (response.status === 404 || bytes > BODY_BYTES_MAX) {
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw new Error(`the answer has ${bytes} bytes`);
  }
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`the answer is no JSON (HTTP ${response.status})`);
  }
}

/** A processor reports under its own name: it stands where a service names its exchange. */
function reportOf(body: unknown): ServiceReport | undefined {
  const { exchange, processor, status, upSeconds, ...rest } = (body ?? {}) as Record<string, unknown>;
  if (typeof status !== "string") return undefined;
  if (typeof exchange === "string") return body as ServiceReport;
  if (typeof processor !== "string") return undefined;
  return { status, exchange: processor, uptimeSeconds: upSeconds, ...rest } as ServiceReport;
}

function isRefused(error: unknown): boolean {
  const code = ((error as { cause?: { code?: unknown } }).cause?.code ?? "") as string;
  return code === "ECONNREFUSED";
}
