import type { ControlDialect } from "@ims/integration-kit";

/**
 * One channel per message (bitstamp.md section 3). Answers name their channel and carry no id, so each is taken for the
 * one message under way. Channels of unknown pairs are acknowledged too: an acknowledgement proves nothing, which is why
 * names are checked against the list of markets before.
 */
export const DIALECT: ControlDialect = {
  streamsPerMessage: 1,
  subscribe: ([channel]) => JSON.stringify({ event: "bts:subscribe", data: { channel } }),
  unsubscribe: ([channel]) => JSON.stringify({ event: "bts:unsubscribe", data: { channel } }),
};

export const HEARTBEAT_TEXT = JSON.stringify({ event: "bts:heartbeat" });
