/** First byte of a text message in one frame; RFC 6455, 5.2. */
const FINAL_TEXT = 0x81;
const SHORT_MAX = 125;
const MEDIUM_MAX = 0xffff;
const MEDIUM = 126;
const LONG = 127;

/** Bytes that the frame of a payload takes on its way from server to client, which is without a mask. */
export function textFrameLength(payload: Uint8Array): number {
  const { length } = payload;
  return length + (length <= SHORT_MAX ? 2 : length <= MEDIUM_MAX ? 4 : 10);
}

/** Text messages as one run of WebSocket frames. @param length of all frames */
export function joinTextFrames(payloads: readonly Uint8Array[], length: number): Buffer {
  const frames = Buffer.allocUnsafe(length);
  let at = 0;
  for (const payload of payloads) {
    frames[at++] = FINAL_TEXT;
    if (payload.length <= SHORT_MAX) {
      frames[at++] = payload.length;
    } else if (payload.length <= MEDIUM_MAX) {
      frames[at++] = MEDIUM;
      at = frames.writeUInt16BE(payload.length, at);
    } else {
      frames[at++] = LONG;
      at = frames.writeUInt32BE(0, at);
      at = frames.writeUInt32BE(payload.length, at);
    }
    frames.set(payload, at);
    at += payload.length;
  }
  return frames;
}
