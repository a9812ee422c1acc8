import { type ErrorTable, errorFactory } from "@ims/common";

/** Everything that a call of this library fails with, besides the errors of the broker connection. */
export const CLIENT_ERRORS = {
  "client.no-broker": {
    summary: "Nothing that speaks the Iggy protocol answers at the broker address",
    action: "Start a service, which brings its own broker, or set IGGY_URL to a running server",
    retryable: true,
  },
  "client.no-reply": {
    summary: "The service did not answer a request in time",
    action: "Send the request again once the service runs",
    retryable: true,
  },
  "client.refused": {
    summary: "The service refused a request; nothing changed",
    action: "Correct the request and send it again",
    retryable: false,
  },
  "client.unknown-exchange": {
    summary: "The exchange is not one of the known ones",
    action: "Use the lower-case name of an exchange, as it stands in stream names",
    retryable: false,
  },
  "client.unknown-resolution": {
    summary: "The bar length is not one of the known ones",
    action: "Use one of the resolutions; case matters, 1m is a minute and 1M a month",
    retryable: false,
  },
  "client.invalid-argument": {
    summary: "An argument is outside of its range",
    action: "Correct the argument; nothing was sent",
    retryable: false,
  },
  "client.not-there": {
    summary: "The broker has no stream, topic or partition of this name",
    action: "Look for it with ims iggy streams and ims iggy topics, or create it",
    retryable: false,
  },
  "client.no-simulator": {
    summary: "ims simulate needs a package that is not installed",
    action: "Install @ims/exchange-simulator beside ims-client",
    retryable: false,
  },
  "client.closed": {
    summary: "The client was shut down",
    action: "Connect a new client",
    retryable: false,
  },
  "client.too-slow": {
    summary: "A consumer that was to end rather than fall behind did not take its messages in time",
    action:
      "Start the symbols anew from the last message that was handled, or choose another policy for onFull",
    retryable: false,
  },
  "client.callback-failed": {
    summary: "A callback given to the client threw",
    action: "Catch errors inside the callback; delivery goes on with the next record",
    retryable: false,
  },
  "client.read-failed": {
    summary: "Reading a partition failed; it is tried again",
    action: "Look at the cause; reading goes on by itself when it passes",
    retryable: true,
  },
} as const satisfies ErrorTable;

export type ClientErrorName = keyof typeof CLIENT_ERRORS;

export const fail = errorFactory(CLIENT_ERRORS);
