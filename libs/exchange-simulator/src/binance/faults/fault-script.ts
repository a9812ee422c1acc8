/** When a rule acts. Occasions that match are counted from the rule's begin on. */
export interface FaultTiming {
  /** Milliseconds after the simulator's start from which the rule holds; default 0. */
  readonly fromMillis?: number;
  /** Milliseconds after the start from which it no longer holds; default: never. */
  readonly untilMillis?: number;
  /** Lets so many occasions pass before it acts; default 0. */
  readonly skip?: number;
  /** Acts at most so often; default: without bound. */
  readonly count?: number;
  /** Share of occasions on which it acts, 0 to 1, drawn from the script's seed; default 1. */
  readonly chance?: number;
}

/** Which connections and streams a rule is about; absent means all. */
export interface FaultTarget {
  /** Stream name, `*` for any run of characters: `btcusdt@*`. */
  readonly stream?: string;
  /** Number of the connection in the order of acceptance, from 1. */
  readonly connection?: number;
}

/** Something happens to a frame on its way to one connection. */
export type FrameFault = FaultTiming &
  FaultTarget &
  (
    | { readonly fault: "drop" | "duplicate" | "malformed" | "extra-field" | "reorder-keys" }
    /** The frame and everything after it on its connection waits. */
    | { readonly fault: "delay"; readonly millis: number }
    /** So many later frames of its stream overtake it. */
    | { readonly fault: "reorder"; readonly by: number }
  );

/** The venue itself loses frames of a stream: no connection gets them, REST knows nothing of it. */
export type LossFault = FaultTiming & { readonly fault: "gap"; readonly stream: string };

/**
 * Something happens to a connection: in place of a frame that matches, or, with `atMillis`, at that time to all
 * connections that match.
 */
export type ConnectionFault = FaultTiming &
  FaultTarget & { readonly atMillis?: number } & (
    | { readonly fault: "close"; readonly code?: number; readonly reason?: string }
    /** Cut without a close frame. */
    | { readonly fault: "reset" }
    /** The venue forgets the connection; the client hears nothing more, not even that. */
    | { readonly fault: "half-open" }
  );

/** Something happens to a control message. */
export type ControlFault = FaultTiming & {
  readonly connection?: number;
} & (
    | { /** Obeyed, never answered. */ readonly fault: "no-ack" }
    /** Answered with another id. */
    | { readonly fault: "wrong-ack" }
    /** Refused with an error, not obeyed. */
    | { readonly fault: "error-ack"; readonly code?: number; readonly msg?: string }
    /** SUBSCRIBE is answered, its streams stay silent on this connection. */
    | { readonly fault: "silent-after-ack"; readonly stream?: string }
  );

/** An upgrade is refused. */
export type ConnectFault = FaultTiming & {
  readonly fault: "refuse-connection";
  readonly status?: number;
  readonly retryAfterSeconds?: number;
};

/** Something happens to a REST request. `path` is without the market's prefix, `*` allowed: `depth`, `ticker/*`. */
export type RestFault = FaultTiming & { readonly path?: string } & (
    | {
        readonly fault: "rest-status";
        readonly status: number;
        readonly code?: number;
        readonly msg?: string;
        readonly retryAfterSeconds?: number;
      }
    /** Answered late, with what was true when it was asked. */
    | { readonly fault: "rest-delay"; readonly millis: number }
    /** The connection is cut instead of an answer. */
    | { readonly fault: "rest-reset" }
    /** The body breaks off in the middle. */
    | { readonly fault: "rest-malformed" }
    /** The address is banned: 418 for this and every other request until the time is over. */
    | { readonly fault: "rest-ban"; readonly seconds: number }
    /** Depth as it was so many update ids ago. */
    | { readonly fault: "stale-snapshot"; readonly updates: number }
  );

/** Something that the venue does at a time, without a client's doing. */
export type VenueFault = {
  readonly atMillis: number;
} /** `serverShutdown` to all connections, which are closed (1001) `leadMillis` later. Spot. */ & (
  | { readonly fault: "server-shutdown"; readonly leadMillis?: number }
  /** The venue's clock is so far ahead of (behind, if negative) true time from now on. */
  | { readonly fault: "clock-skew"; readonly millis: number }
  | { readonly fault: "list" | "delist"; readonly symbol: string }
  | { readonly fault: "status"; readonly symbol: string; readonly status: string }
  /** Futures: a print outside the market. */
  | { readonly fault: "print"; readonly symbol: string; readonly origin: "INSURANCE_FUND" | "ADL" | "NA" }
  /** Trade ids that are never given out, so that no REST request can fill them. */
  | { readonly fault: "skip-trade-ids"; readonly symbol: string; readonly ids: number }
);

export type FaultRule =
  | FrameFault
  | LossFault
  | ConnectionFault
  | ControlFault
  | ConnectFault
  | RestFault
  | VenueFault;

export type FaultName = FaultRule["fault"];

/** What goes wrong, and when. The same script, seed and clock give the same faults. */
export interface FaultScript {
  /** For `chance`; default 0. */
  readonly seed?: number;
  readonly rules: readonly FaultRule[];
}
