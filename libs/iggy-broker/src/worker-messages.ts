import { ImsError } from "@ims/common";
import { STORAGE_ERRORS } from "@ims/segment-log";
import type { BrokerLogger, BrokerStatus, BrokerWorkerOptions } from "./broker-options.js";
import { BROKER_ERRORS, fail } from "./errors.js";

/** What a broker thread is started with; log lines come back as messages. */
export type WorkerData = Omit<BrokerWorkerOptions, "logger">;

/** To the thread. Each question has one `answer` with its number. */
export type WorkerCommand =
  | { readonly type: "close" }
  | { readonly type: WorkerQuestion; readonly number: number };

export type WorkerQuestion = "reload-tls" | "status";

/** From the thread. */
export type WorkerEvent =
  | { readonly type: "listening"; readonly host: string; readonly port: number }
  | { readonly type: "failed"; readonly error: WireError }
  | { readonly type: "closed"; readonly error?: WireError }
  | {
      readonly type: "answer";
      readonly number: number;
      readonly status?: BrokerStatus;
      readonly error?: WireError;
    }
  | {
      readonly type: "log";
      readonly level: keyof BrokerLogger;
      readonly context: object;
      readonly message: string;
    };

/** An error in a form that can be copied between threads. */
export interface WireError {
  readonly code: string;
  /** The message without the action that the error class appends. */
  readonly detail: string;
  readonly context: Readonly<Record<string, unknown>>;
}

const KNOWN_ERRORS = { ...STORAGE_ERRORS, ...BROKER_ERRORS };

export function toWireError(error: unknown): WireError {
  if (!(error instanceof ImsError)) return { code: "", detail: String(error), context: {} };
  const detail = error.message.slice(0, -`. ${error.action}`.length);
  return {
    code: error.code,
    detail,
    context: JSON.parse(JSON.stringify(error.context)) as Record<string, unknown>,
  };
}

/** The error as the thread threw it, for codes that this library or its storage defines. */
export function fromWireError({ code, detail, context }: WireError): ImsError {
  const entry = KNOWN_ERRORS[code as keyof typeof KNOWN_ERRORS];
  return entry === undefined
    ? fail("broker.worker-failed", detail)
    : new ImsError(code, entry, detail, { context });
}
