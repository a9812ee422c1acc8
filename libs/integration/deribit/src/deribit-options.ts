import type { HttpTransport, SocketConnector } from "@ims/integration-kit";
import type { Credentials } from "./settings/credentials.js";

/** What an operator, or a test, may choose. */
export interface DeribitOptions {
  /** The test system: books, instruments and ids of its own. Default false. */
  readonly testnet?: boolean | undefined;
  /** Address in place of the venue's, before the method's name: `https://host/api/v2`. */
  readonly restUrl?: string | undefined;
  readonly wsUrl?: string | undefined;
  /** With them trades and books are read raw, each change at once; without them in batches of 100 ms. */
  readonly credentials?: Credentials | undefined;
  /** How WebSocket connections are made. Default: real ones. */
  readonly dial?: SocketConnector | undefined;
  /** How HTTP requests are made. Default: real ones. */
  readonly transport?: HttpTransport | undefined;
}
