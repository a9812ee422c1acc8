import { DataType } from "@ims/common";
import { v1, v2 } from "@ims/sbe";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DataService } from "../service/data-service.js";
import { digest } from "../sessions/access-tokens.js";
import type { ClientEntry } from "../settings/client-entries.js";
import { encodeVersion1, RawClient, type ReadMessage } from "../spec-support/raw-client.js";
import { ServiceFixture, until } from "../spec-support/service-fixture.js";

const VICTIM_TOKEN = "the victim's token, long enough";
const ATTACKER_TOKEN = "the attacker's token, long enough";
const [VICTIM, ATTACKER, STRANGER] = [100, 101, 102];

let fixture: ServiceFixture;
let service: DataService;
let victim: RawClient;
let attacker: RawClient;
let stranger: RawClient;

function entry(clientId: number, token: string, changes: Partial<ClientEntry> = {}): ClientEntry {
  return {
    clientId,
    token: { salt: "0123456789abcdef", hash: digest("0123456789abcdef", token) },
    dataTypes: undefined,
    exchanges: undefined,
    subscriptionsMax: undefined,
    admitsVersion1: false,
    brokerUser: undefined,
    ...changes,
  };
}

/** Requests of every type, as the attacker makes them, before the lie that a test adds. */
const REQUESTS: Readonly<Record<string, (from: RawClient, lie: Lie) => Uint8Array>> = {
  logout: (from, lie) => from.encode(new v2.LogoutRequestEncoder(), lie),
  heartbeat: (from, lie) => from.encode(new v2.HeartbeatRequestEncoder(), lie),
  start: (from, lie) =>
    from.encode(new v2.StartDataRequestEncoder(), (encoder) => {
      lie(encoder.dataType(1).delivery(2).symbol("ETHUSDT"));
    }),
  stop: (from, lie) =>
    from.encode(new v2.StopDataRequestEncoder(), (encoder) => {
      lie(encoder.dataType(1).symbol("BTCUSDT"));
    }),
  "stop-all": (from, lie) => from.encode(new v2.StopAllDataRequestEncoder(), lie),
  "start of several": (from, lie) => many(from, new v2.StartManyRequestEncoder(), lie),
  "stop of several": (from, lie) => many(from, new v2.StopManyRequestEncoder(), lie),
};

type Lie = (encoder: { clientId(value: number): unknown; sessionId(value: bigint): unknown }) => unknown;
type ManyEncoder = v2.StartManyRequestEncoder | v2.StopManyRequestEncoder;

function many(from: RawClient, encoder: ManyEncoder, lie: Lie): Uint8Array {
  const head = from.encode(encoder, (filled) => lie(filled.dataType(1)));
  // The dimension of the group and its one entry.
  const bytes = new Uint8Array(head.length + 40);
  bytes.set(head);
  new DataView(bytes.buffer).setUint16(head.length, 32, true);
  new DataView(bytes.buffer).setUint16(head.length + 2, 1, true);
  bytes.set(Buffer.from("BTCUSDT"), head.length + 8);
  return bytes;
}

function requestIdOf(bytes: Uint8Array): string {
  return String(new DataView(bytes.buffer).getBigUint64(16, true));
}

/** What the victim has, as its own harmless requests show it. */
async function expectUntouched(): Promise<void> {
  expect(fixture.venue.running).toEqual(new Set(["trades BTCUSDT"]));
  const { json } = await victim.request(new v2.HeartbeatRequestEncoder(), () => {});
  expect(json).toMatchObject({ requestType: 112, affectedCount: 0 });
}

/** Sends a lie until it is refused in the victim's stream, where only so many refusals a second are written. */
async function refusalOfVictim(lie: Uint8Array): Promise<Record<string, unknown>> {
  const { clientStream } = victim.names;
  for (;;) {
    await attacker.send(lie);
    // Answered in order: the refusal, if there is one, is there before.
    await expectUntouched();
    const messages = await victim.read(clientStream(VICTIM), victim.names.dataTopic, 0, 0, 5000);
    const refusal = messages.find(
      ({ json, templateId }) =>
        templateId === v2.RequestRefusedDecoder.TEMPLATE_ID && json.requestId === requestIdOf(lie),
    );
    if (refusal) return refusal.json;
  }
}

// One service for all: each test ends with the proof that it left everything as it was.
describe("a client among others", () => {
  beforeAll(async () => {
    fixture = new ServiceFixture();
    await fixture.startBroker();
    service = await fixture.startService({
      clients: [
        entry(VICTIM, VICTIM_TOKEN),
        entry(ATTACKER, ATTACKER_TOKEN),
        entry(STRANGER, ATTACKER_TOKEN),
      ],
    });
    await service.ready;
    victim = await fixture.connect(VICTIM);
    attacker = await fixture.connect(ATTACKER);
    stranger = await fixture.connect(STRANGER);
    expect((await victim.login({ accessToken: VICTIM_TOKEN })).templateId).toBe(120);
    await victim.startTrades("BTCUSDT", v2.Delivery.Private);
    await attacker.login({ accessToken: ATTACKER_TOKEN });
  });
  afterAll(() => fixture.dispose());

  it.each([
    ["a wrong token", VICTIM, "a wrong token, long enough"],
    ["no token", VICTIM, ""],
    ["another client's token", VICTIM, ATTACKER_TOKEN],
    ["a token with a blank behind it", ATTACKER, `${ATTACKER_TOKEN} `],
    ["an id that nobody has", 4711, ATTACKER_TOKEN],
  ])("cannot log in with %s", async (_, clientId, accessToken) => {
    const liar = await fixture.connect(clientId);
    const { json } = await liar.login({ accessToken });
    expect(json).toMatchObject({ kind: "Client", code: 5, requestType: 110 });
    await expectUntouched();
  });

  it("cannot log in without a token by the older schema", async () => {
    await attacker.send(encodeVersion1(new v1.ClientLoginEncoder(), VICTIM));
    await attacker.send(encodeVersion1(new v1.ClientLogoutEncoder(), VICTIM));
    const control = [attacker.names.controlStream, attacker.names.controlTopic] as const;
    for (;;) {
      const { templateId, json } = await attacker.next(...control);
      if (templateId !== 801) continue;
      expect(json).toMatchObject({ clientID: VICTIM, clientErrorType: 5 });
      break;
    }
    await expectUntouched();
  });

  it("cannot take over a session by its token alone while it lasts", async () => {
    const second = await fixture.connect(VICTIM);
    expect((await second.login({ accessToken: VICTIM_TOKEN })).json).toMatchObject({
      kind: "Client",
      code: 1,
    });
    await expectUntouched();
  });

  describe.each(Object.keys(REQUESTS))("%s", (name) => {
    const lies: readonly (readonly [string, () => Lie])[] = [
      [
        "the victim's id and no session id",
        () => (encoder) => {
          encoder.clientId(VICTIM);
          encoder.sessionId(0n);
        },
      ],
      [
        "the victim's id and the own session id",
        () => {
          const { sessionId } = attacker;
          return (encoder) => {
            encoder.clientId(VICTIM);
            encoder.sessionId(sessionId);
          };
        },
      ],
      [
        "the victim's id and a session id that is off by one bit",
        () => (encoder) => {
          encoder.clientId(VICTIM);
          encoder.sessionId(victim.sessionId ^ 1n);
        },
      ],
    ];

    it.each(lies)("with %s is refused and changes nothing", async (_, lieOf) => {
      const bytes = REQUESTS[name]!(attacker, lieOf());
      // Nobody can tell who sent it: the refusal goes where the client of that id reads.
      expect(await refusalOfVictim(bytes)).toMatchObject({ kind: "Client", code: 5 });
      await expectUntouched();
    });

    it("with the own id and the victim's session id is refused and changes nothing", async () => {
      const bytes = REQUESTS[name]!(attacker, (encoder) => encoder.sessionId(victim.sessionId));
      await attacker.send(bytes);
      expect((await attacker.reply(requestIdOf(bytes))).json).toMatchObject({ kind: "Client", code: 5 });
      await expectUntouched();
    });

    it("without a login is refused", async () => {
      const bytes = REQUESTS[name]!(stranger, () => {});
      await stranger.send(bytes);
      const { json } = await stranger.reply(requestIdOf(bytes));
      expect(["Client 3", "Data 8"]).toContain(`${json.kind} ${json.code}`);
      await expectUntouched();
    });
  });

  it("cannot fill another's stream with refusals", async () => {
    const refusals = async () => {
      const messages = await victim.read(
        victim.names.clientStream(VICTIM),
        victim.names.dataTopic,
        0,
        0,
        1000,
      );
      return messages.filter(({ templateId }) => templateId === v2.RequestRefusedDecoder.TEMPLATE_ID).length;
    };
    const before = await refusals();
    const lie: Lie = (encoder) => encoder.clientId(VICTIM);
    const payloads = Array.from({ length: 200 }, () => REQUESTS.heartbeat!(attacker, lie));
    // In one batch, which the service handles at once: within a second, or two at the most.
    await attacker.iggy.sendMessages({
      stream: attacker.names.controlStream,
      topic: attacker.names.controlTopic,
      partitioning: { kind: "partition", partitionId: 0 },
      messages: payloads.map((payload) => ({ payload })),
    });
    await expectUntouched();
    expect((await refusals()) - before).toBeLessThanOrEqual(40);
  });

  it("harms nobody with bytes of any kind and size", async () => {
    const valid = Object.values(REQUESTS).map((make) => make(attacker, () => {}));
    const mutated = fc
      .tuple(
        fc.constantFrom(...valid),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.option(fc.nat(200), { nil: undefined }),
        fc.constantFrom(0, 0, 0, 1, 1000, 100_000),
      )
      .map(([bytes, changes, cut, surplus]) => {
        const longer = new Uint8Array((cut === undefined ? bytes.length : cut % bytes.length) + surplus);
        longer.set(bytes.subarray(0, longer.length));
        for (const [at, value] of changes) if (longer.length > 0) longer[at % longer.length] = value;
        // Never the victim's own words: its session id is not guessed.
        return longer.length > 0 ? longer : Uint8Array.of(0);
      });
    const oversized = new Uint8Array(4_000_000).fill(0x41);
    oversized.set(valid[2]!);
    const samples = [...fc.sample(mutated, { numRuns: 400, seed: 7 }), oversized];
    for (const bytes of samples) await attacker.send(bytes);
    await expectUntouched();
    // Among the samples are logouts of its own.
    await attacker.login({ accessToken: ATTACKER_TOKEN });
    expect((await attacker.startTrades("BTCUSDT")).templateId).toBe(122);
    expect((await victim.logout()).json).toMatchObject({ affectedCount: 1 });
  });
});

describe("clients with users of their own at the broker", () => {
  async function asUser(name: string, clientId: number): Promise<RawClient> {
    return RawClient.connect(fixture.url.replace("iggy:iggy", `${name}:${name}-secret`), 4, clientId);
  }
  const closing: RawClient[] = [];
  afterEach(async () => {
    for (const client of closing.splice(0)) await client.close();
    await fixture.dispose();
  });

  beforeEach(async () => {
    fixture = new ServiceFixture();
    await fixture.startBroker();
    const root = await fixture.connect(1);
    for (const name of ["alice", "bob"]) {
      await root.iggy.users.create({ username: name, password: `${name}-secret` });
    }
    service = await fixture.startService({
      clients: [
        entry(VICTIM, VICTIM_TOKEN, { brokerUser: "alice" }),
        entry(ATTACKER, ATTACKER_TOKEN, { brokerUser: "bob", dataTypes: new Set([DataType.Trade]) }),
      ],
    });
    await service.ready;
    victim = await asUser("alice", VICTIM);
    attacker = await asUser("bob", ATTACKER);
    closing.push(victim, attacker);
  });

  it("use the service, and can neither read nor write what is another's", async () => {
    await victim.login({ accessToken: VICTIM_TOKEN });
    await attacker.login({ accessToken: ATTACKER_TOKEN });
    await victim.startTrades("BTCUSDT", v2.Delivery.Private);
    await attacker.startTrades("BTCUSDT");
    fixture.venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    const { names } = victim;
    const own = (client: RawClient) => [names.clientStream(client.clientId), names.dataTopic] as const;
    await until(async () => {
      const messages: ReadMessage[] = await victim.read(...own(victim), 0, 0, 100);
      return messages.some(({ templateId }) => templateId === v2.TradeDecoder.TEMPLATE_ID);
    });
    const partitionId = Number((await attacker.startTrades("BTCUSDT")).json.partitionId);
    await until(
      async () => (await attacker.read(names.marketDataStream, "trades", partitionId, 0, 9)).length > 0,
    );
    expect(await attacker.read(names.marketDataStream, "instruments", 0, 0, 9)).toHaveLength(3);

    const refused = { code: "iggy-client.refused" };
    const poll = (stream: string, topic: string) =>
      attacker.iggy.poll({
        stream,
        topic,
        partitionId: 0,
        consumer: { kind: "consumer", id: 7 },
        strategy: { kind: "first" },
        count: 10,
      });
    const send = (stream: string, topic: string) =>
      attacker.iggy.sendMessages({
        stream,
        topic,
        partitioning: { kind: "partition", partitionId: 0 },
        messages: [{ payload: Uint8Array.of(1) }],
      });
    const unreadable: readonly (readonly [string, string])[] = [
      own(victim),
      [names.controlStream, names.controlTopic],
      [names.controlStream, "sessions-a"],
      [names.marketDataStream, "bars"],
    ];
    const unwritable: typeof unreadable = [own(victim), own(attacker), [names.marketDataStream, "trades"]];
    for (const place of unreadable) {
      await expect(poll(...place), place.join("/")).rejects.toMatchObject(refused);
    }
    for (const place of unwritable) {
      await expect(send(...place), place.join("/")).rejects.toMatchObject(refused);
    }
    await expect(attacker.iggy.streams.delete(names.clientStream(VICTIM))).rejects.toMatchObject(refused);
    await expect(attacker.iggy.users.setPermissions("bob", null)).rejects.toMatchObject(refused);
  });
});
