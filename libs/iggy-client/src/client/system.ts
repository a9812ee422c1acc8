import {
  type ClientDetails,
  type ClientRecord,
  type ClusterMetadata,
  COMMANDS,
  type OptionDescription,
  type OptionScope,
  type ServerStats,
  type SnapshotCompression,
  type SnapshotPart,
} from "@ims/iggy-protocol";
import type { RequestRunner } from "../connection/request-runner.js";
import type { CallOptions } from "./client-options.js";

/** The server itself and who is connected to it: `client.system`. */
export class System {
  constructor(private readonly requests: RequestRunner) {}

  /** Needs the permission to read servers, else it is refused with 41. */
  stats(options?: CallOptions): Promise<ServerStats> {
    return this.requests.call(COMMANDS.getStats, undefined, options);
  }

  clusterMetadata(options?: CallOptions): Promise<ClusterMetadata> {
    return this.requests.call(COMMANDS.getClusterMetadata, undefined, options);
  }

  /** The options that topics, streams or users of this server know, with their defaults. */
  describeOptions(scope: OptionScope, options?: CallOptions): Promise<readonly OptionDescription[]> {
    return this.requests.call(COMMANDS.describeOptions, { scope }, options);
  }

  /**
   * A ZIP archive that describes the server. Give it time: `{ timeoutMillis: 120_000 }`. Needs the permission to read
   * servers; refused with 9000 while another one is being made.
   */
  snapshot(
    parts: readonly SnapshotPart[] = ["all"],
    compression: SnapshotCompression = "deflated",
    options?: CallOptions,
  ): Promise<Uint8Array> {
    return this.requests.call(COMMANDS.getSnapshot, { compression, parts }, options);
  }

  /** A connection by the server's number; `null` when there is none. Needs the permission to read servers. */
  client(clientId: number, options?: CallOptions): Promise<ClientDetails | null> {
    return this.requests.call(COMMANDS.getClient, { clientId }, options);
  }

  /** All connections, those without a login included. Needs the permission to read servers. */
  clients(options?: CallOptions): Promise<readonly ClientRecord[]> {
    return this.requests.call(COMMANDS.getClients, undefined, options);
  }

  /** This connection, as the server sees it. */
  me(options?: CallOptions): Promise<ClientDetails | null> {
    return this.requests.call(COMMANDS.getMe, undefined, options);
  }
}
