import type { ControlDialect } from "@ims/integration-kit";

/** How the venue is asked for streams. */
export const DIALECT: ControlDialect = {
  streamsPerMessage: 50,
  subscribe: (channels, id) => JSON.stringify({ op: "subscribe", channels, id }),
  unsubscribe: (channels, id) => JSON.stringify({ op: "unsubscribe", channels, id }),
};
