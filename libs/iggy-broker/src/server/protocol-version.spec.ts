import { COMMANDS, EvictionReason, IggyErrorCode, Operation, PROTOCOL_VERSION } from "@ims/iggy-protocol";
import { afterEach, describe, expect, it } from "vitest";
import type { BrokerLogger } from "../broker-options.js";
import { RunningBrokers } from "../spec-support/running-broker.js";

const brokers = new RunningBrokers();
afterEach(() => brokers.end());

const packed = (major: number, minor: number, patch: number) => (major << 20) | (minor << 10) | patch;

/** What the broker answers to a login of the version, and its warnings. */
async function logIn(protocolVersion: number, requestChecksum = 0n) {
  const warnings: object[] = [];
  const silent = () => undefined;
  const logger: BrokerLogger = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (context, message) => void warnings.push({ ...context, message }),
  };
  const broker = await brokers.start({ logger });
  const client = await brokers.connect(broker);
  const body = COMMANDS.login.codec.encodeRequest({
    protocolVersion,
    sdkName: "iggy-rust",
    sdkVersion: "0.11.1",
    credentials: { kind: "password", username: "iggy", password: "iggy" },
    context: new Uint8Array(0),
  });
  const outcome = await client.ask(Operation.Register, body, { request: 0, requestChecksum });
  return { outcome, warnings };
}

describe("a login", () => {
  // The crate iggy 0.11.1-edge.9 speaks 0.12.2.
  it.each([
    ["0.12.2", packed(0, 12, 2)],
    ["0.10.0", packed(0, 10, 0)],
    ["1.0.0", packed(1, 0, 0)],
  ])("of protocol %s is evicted, told our versions, and logged with both", async (client, version) => {
    const { outcome, warnings } = await logIn(version);
    expect(outcome).toMatchObject({
      kind: "evicted",
      eviction: {
        reason: EvictionReason.IncompatibleProtocol,
        serverProtocolVersion: PROTOCOL_VERSION,
        serverProtocolVersionMin: PROTOCOL_VERSION,
      },
    });
    expect(warnings).toEqual([
      { client, broker: "0.11.0", message: "a client of another protocol version was refused" },
    ]);
  });

  it("of another protocol that hashes in another way is told of the version", async () => {
    const { outcome, warnings } = await logIn(packed(0, 12, 2), 0x80d6479b25a3d5f0n);
    expect(outcome).toMatchObject({
      kind: "evicted",
      eviction: { reason: EvictionReason.IncompatibleProtocol },
    });
    expect(warnings).toMatchObject([{ client: "0.12.2", broker: "0.11.0" }]);
  });

  it("of our protocol with a wrong checksum is refused as before", async () => {
    const { outcome } = await logIn(PROTOCOL_VERSION, 1n);
    expect(outcome).toMatchObject({ kind: "refused", channel: "status", code: IggyErrorCode.InvalidFormat });
  });

  it("of another patch of our protocol is accepted", async () => {
    const { outcome, warnings } = await logIn(packed(0, 11, 7));
    expect(outcome).toMatchObject({ kind: "success" });
    expect(warnings).toEqual([]);
  });
});
