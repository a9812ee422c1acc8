import { describeError, type ImsError, isImsError } from "@ims/common";
import { printable } from "./columns.js";

/** What goes to the error output: one or two lines that say what was wrong and what to do. */
export function errorText(error: unknown): string {
  if (!isImsError(error)) return `ims: ${describeError(error)}\n`;
  return lines(error)
    .map((text) => `ims: ${text}\n`)
    .join("");
}

/** Mistakes in what the user typed or configured. */
export function isUsageError(error: unknown): boolean {
  return (
    isImsError(error) &&
    [
      "config.invalid",
      "client.unknown-exchange",
      "client.unknown-resolution",
      "client.invalid-argument",
      "iggy-client.connection-string",
      "broker.invalid-option",
      "broker.default-credentials",
      "simulator.invalid-option",
      "simulator.invalid-fault",
      "filter-sdk.bad-name",
      "wasm.bad-parameter",
      "merged.no-symbol",
      "verify.bad-key",
      "signing.unknown-name",
    ].includes(error.code)
  );
}

function lines(error: ImsError): readonly string[] {
  const { context } = error;
  switch (error.code) {
    case "client.refused":
      // The service's sentence already says what to do.
      return [
        `${printable(String(context.text)).trim()} (${String(context.kind)} error ${String(context.code)})`,
      ];
    case "config.invalid":
      return Array.isArray(context.mistakes) ? context.mistakes.map(String) : [error.message];
    case "client.no-reply":
      return error.cause === undefined
        ? [error.message]
        : [error.message, `cause: ${describeError(error.cause)}`];
    default:
      return [error.message];
  }
}
