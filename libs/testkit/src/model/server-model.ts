import type { Clock } from "@ims/common";
import { type ClusterMetadata, type ClusterNode, COMMANDS } from "@ims/iggy-protocol";
import { catalogCommands } from "./catalog-commands.js";
import { CatalogModel } from "./catalog-model.js";
import { groupCommands } from "./group-commands.js";
import { messageCommands } from "./message-commands.js";
import { type ModelCommand, modelCommand } from "./model-command.js";
import { ModelConnection } from "./model-connection.js";
import { offsetCommands } from "./offset-commands.js";
import type { PartitionModel } from "./partition-model.js";
import { RequestLedger } from "./request-ledger.js";

export interface ServerModelOptions {
  readonly clock: Clock;
  /** Default "iggy". */
  readonly username?: string;
  /** Default "iggy". */
  readonly password?: string;
}

/** One node that listens nowhere, as a server without a cluster reports itself. */
const SINGLE_NODE: ClusterNode = {
  name: "iggy-node",
  ip: "127.0.0.1",
  tcpPort: 8090,
  quicPort: 8080,
  httpPort: 3000,
  webSocketPort: 8092,
  role: "leader",
  status: "healthy",
};

/**
 * A server of protocol 0.11 in memory: what it answers follows wire.md, errors.md and server-behaviour.md and is
 * compared with the recordings of the reference server. It holds users, permissions and tokens for nothing: there is
 * one user. All connections share it, and a test reads in it what really was stored.
 */
export class ServerModel {
  readonly catalog: CatalogModel;
  readonly commands: ReadonlyMap<number, ModelCommand>;
  /** Told to whoever asks for the cluster; may be changed at any time. */
  nodes: readonly ClusterNode[] = [SINGLE_NODE];
  private readonly ledgers = new Map<bigint, RequestLedger>();
  private readonly owners = new Map<bigint, ModelConnection>();
  private logPosition = 0n;

  constructor(readonly options: ServerModelOptions) {
    this.catalog = new CatalogModel(options.clock);
    this.commands = new Map([
      modelCommand(COMMANDS.ping, () => undefined),
      modelCommand(COMMANDS.getClusterMetadata, () => this.cluster()),
      ...catalogCommands(this.catalog),
      ...messageCommands(this.catalog, options.clock),
      ...offsetCommands(this.catalog),
      ...groupCommands(this.catalog),
    ]);
  }

  connect(): ModelConnection {
    return new ModelConnection(this);
  }

  /** What one partition holds; throws when there is none. */
  partition(stream: string, topic: string, partitionId: number): PartitionModel {
    const found = this.catalog.streams.find(stream)?.topics.find(topic)?.partitions[partitionId];
    if (!found) throw new Error(`the model has no partition ${stream}/${topic}/${partitionId}`);
    return found;
  }

  /** The next place in the log of all metadata; sessions are numbered by it. */
  nextLogPosition(): bigint {
    return ++this.logPosition;
  }

  ledgerOf(client: bigint): RequestLedger {
    const ledger = this.ledgers.get(client) ?? new RequestLedger();
    this.ledgers.set(client, ledger);
    return ledger;
  }

  /** A client id belongs to the connection that registered it last; the one before loses its session. */
  take(client: bigint, connection: ModelConnection): void {
    const before = this.owners.get(client);
    if (before && before !== connection) before.endSession();
    this.owners.set(client, connection);
  }

  /** Everything that ends with a session: its groups, and what is known of its requests. */
  release(client: bigint, connection: ModelConnection): void {
    if (this.owners.get(client) !== connection) return;
    this.owners.delete(client);
    this.ledgers.delete(client);
    for (const group of this.catalog.allGroups) group.leave(client);
  }

  private cluster(): ClusterMetadata {
    return { name: this.nodes.length === 1 ? "single-node" : "cluster", nodes: this.nodes };
  }
}
