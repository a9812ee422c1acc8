import type { ControlDialect } from "@ims/integration-kit";
import { venueChannelOf } from "./channels.js";

/**
 * One channel per message (bitstamp.md section 3). Answers name their channel and carry no id, so each is taken for the
 * one message under way. Channels of unknown pairs are acknowledged too: an acknowledgement proves nothing, which is why
 * names are checked against the list of markets before.
 */
export const DIALECT: ControlDialect = {
  streamsPerMessage: 1,
  subscribe: ([stream]) => request("bts:subscribe", stream),
  unsubscribe: ([stream]) => request("bts:unsubscribe", stream),
};

function request(event: string, stream = ""): string {
  return JSON.stringify({ event, data: { channel: venueChannelOf(stream) } });
}

export const HEARTBEAT_TEXT = JSON.stringify({ event: "bts:heartbeat" });
