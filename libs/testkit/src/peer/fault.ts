import type { ClusterNode } from "@ims/iggy-protocol";

/**
 * One thing that goes wrong with one request. `executed` says whether the server did what was asked before it went
 * wrong; it is what the client cannot know.
 */
export type Fault =
  /** The connection ends, after the first `replyBytes` of the reply were written. */
  | {
      readonly kind: "close";
      readonly executed: boolean;
      readonly replyBytes: number;
      readonly how: "end" | "reset";
    }
  /** This request and all behind it on its connection are taken up later. */
  | { readonly kind: "delay"; readonly millis: number }
  | { readonly kind: "drop-reply"; readonly executed: boolean }
  /** The reply of a partition operation comes behind later replies of other operations. */
  | { readonly kind: "overtaken" }
  /** An eviction in place of the reply; the session is gone. */
  | { readonly kind: "evict"; readonly reason: number; readonly close: boolean }
  /** The reply declares this size instead of its own. */
  | { readonly kind: "wrong-size"; readonly size: number }
  /** Bytes that are no frame, in front of the reply. */
  | { readonly kind: "garbage"; readonly bytes: Uint8Array }
  /** A login is refused because the server speaks this protocol version. */
  | { readonly kind: "newer-version"; readonly version: number }
  /** A refusal; 57 and 58 ask to send the same frame again. */
  | { readonly kind: "refuse"; readonly code: number; readonly executed: boolean }
  /** What is told to who asks for the cluster. */
  | { readonly kind: "nodes"; readonly nodes: readonly ClusterNode[] }
  | { readonly kind: "duplicate-reply" }
  /** A reply to a request that was never made, in front of the right one. */
  | { readonly kind: "unknown-reply" }
  /** Nothing is read or written on this connection any more, and it stays open. */
  | { readonly kind: "silence" }
  /** Nothing arrives in either direction for this time; only on a simulated network. */
  | { readonly kind: "stall"; readonly millis: number };

export type FaultKind = Fault["kind"];

/** A request about to be carried out, as far as a plan looks at it. */
export interface PlannedRequest {
  /** Counts requests of all connections from 0. */
  readonly ordinal: number;
  /** Name in the command table, "unknown" for a command that is not there. */
  readonly name: string;
  readonly operation: number;
}

/** Decides what goes wrong. Both questions are asked once per request, in the order of arrival. */
export interface FaultPlan {
  /** Bytes of the next request after which the connection is closed; `undefined` = it is taken whole. */
  cutRequest(): number | undefined;
  faultOf(request: PlannedRequest): Fault | undefined;
}

export const NO_FAULTS: FaultPlan = { cutRequest: () => undefined, faultOf: () => undefined };

/** The given faults for the first requests of a name, one each; `undefined` lets one pass. */
export function faultsOf(name: string, ...faults: readonly (Fault | undefined)[]): FaultPlan {
  const left = [...faults];
  return {
    cutRequest: () => undefined,
    faultOf: (request) => (request.name === name ? left.shift() : undefined),
  };
}

/** The same fault for every request of a name. */
export function always(name: string, fault: Fault): FaultPlan {
  return { cutRequest: () => undefined, faultOf: (request) => (request.name === name ? fault : undefined) };
}
