/** The part of a server's call that tells of its end. */
interface EndingCall {
  on(event: "cancelled" | "close" | "error", listener: () => void): unknown;
}

/**
 * Runs `leave` when a streaming call is over: cancelled, past its deadline, its client gone, or ended by the server. It
 * may run more than once.
 */
export function onCallEnd(call: EndingCall, leave: () => void): void {
  call.on("cancelled", leave);
  call.on("close", leave);
  // A call that the server ends with an error closes only when its client has read what was written before.
  call.on("error", leave);
}
