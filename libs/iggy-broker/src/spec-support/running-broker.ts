import { COMMANDS, type Credentials, globalPermissions, type Permissions } from "@ims/iggy-protocol";
import { MemoryFileSystem } from "@ims/segment-log";
import { startBroker } from "../broker.js";
import type { Broker, BrokerOptions, LocalBroker } from "../broker-options.js";
import { FrameClient } from "./frame-client.js";

/** Brokers in memory and their clients, for one test: {@link end} ends all of them. */
export class RunningBrokers {
  private brokers: Broker[] = [];
  private clients: FrameClient[] = [];
  private nextClient = 1n;

  async start(options: Partial<BrokerOptions> = {}): Promise<LocalBroker> {
    const broker = await startBroker({
      port: 0,
      dataDir: "/broker",
      fileSystem: new MemoryFileSystem(),
      passwordCost: { log2N: 10 },
      ...options,
    });
    this.brokers.push(broker);
    return broker;
  }

  /** Logs in as iggy / iggy unless told otherwise, with a client id of its own. */
  async login({ port }: Broker, credentials?: Credentials, client = this.nextClient++): Promise<FrameClient> {
    const peer = await FrameClient.login(port, client, credentials);
    this.clients.push(peer);
    return peer;
  }

  async connect({ port }: Broker): Promise<FrameClient> {
    const peer = await FrameClient.connect(port, this.nextClient++);
    this.clients.push(peer);
    return peer;
  }

  async end(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end()));
    await Promise.all(this.brokers.map((broker) => broker.close()));
    this.clients = [];
    this.brokers = [];
  }
}

export function password(username: string, secret: string): Credentials {
  return { kind: "password", username, password: secret };
}

export const ALICE = password("alice", "secret");

/** Makes the user {@link ALICE} and returns her id. */
export async function createAlice(
  admin: FrameClient,
  permissions: Permissions | null = null,
): Promise<number> {
  const { id } = await admin.call(COMMANDS.createUser, {
    username: "alice",
    password: "secret",
    status: "active",
    permissions,
    options: [],
  });
  return id;
}

/** Permissions of these levels and no others. */
export function only(
  global: Permissions["global"] = globalPermissions(),
  ...streams: Permissions["streams"]
): Permissions {
  return { global, streams };
}

/** `ok`, or the refusal as text: `status 41`, `result 1009`, `evicted 9`. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "ok",
    (error: Error) => error.message,
  );
}
