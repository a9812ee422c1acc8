import type { HttpTransport, SocketConnector } from "@ims/integration-kit";

/** What an operator, or a test, may choose. */
export interface BitstampOptions {
  /** Origin in place of the venue's. */
  readonly restUrl?: string | undefined;
  readonly wsUrl?: string | undefined;
  /** How WebSocket connections are made. Default: real ones. */
  readonly dial?: SocketConnector | undefined;
  /** How REST requests are made. Default: real ones. */
  readonly transport?: HttpTransport | undefined;
  /** How often a running book, or its single orders, are compared with the venue's, milliseconds. Default 10 minutes. */
  readonly bookCheckMillis?: number | undefined;
  /** How often trades are compared with the venue's list, milliseconds. Default 10 minutes. */
  readonly tradeCheckMillis?: number | undefined;
}
