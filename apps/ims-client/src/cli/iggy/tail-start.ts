import type { PollStart } from "@ims/iggy-client";
import { fail } from "../../errors/client-errors.js";

/** A day or an instant; without a zone it is UTC. */
const TIME_FORM = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?(?:Z|[+-]\d\d:\d\d)?$/;
const OFFSET_FORM = /^\d{1,15}$/;

/**
 * `first`, `last`, an offset, or a time such as `2026-01-31` or `2026-01-31T12:00`.
 * @throws ImsError `client.invalid-argument`
 */
export function readStart(text: string): PollStart {
  if (text === "first" || text === "last") return { kind: text };
  if (OFFSET_FORM.test(text)) return { kind: "offset", value: Number(text) };
  const micros = TIME_FORM.test(text) ? instantMicros(text) : Number.NaN;
  if (Number.isNaN(micros)) {
    throw fail(
      "client.invalid-argument",
      `--from: "${text}" is neither first, last, an offset nor a time such as 2026-01-31T12:00:00Z`,
    );
  }
  return { kind: "timestamp", value: micros };
}

function instantMicros(text: string): number {
  const hasTime = text.length > 10;
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/.test(text) && hasTime;
  const instant = text.replace(" ", "T");
  return Date.parse(hasTime && !hasZone ? `${instant}Z` : instant) * 1000;
}
