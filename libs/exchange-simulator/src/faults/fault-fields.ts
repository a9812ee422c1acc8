/**
 * What the field of a fault is in a script: a text, a whole number above 0 (`count`) or from 0 on (`number`; with a `?` it
 * may be left out), or a status of HTTP.
 */
export type FaultFieldKind = "text" | "count" | "number" | "number?" | "status";

/** The fields of each fault of a venue. */
export type FaultFields = Readonly<Record<string, Readonly<Record<string, FaultFieldKind>>>>;
