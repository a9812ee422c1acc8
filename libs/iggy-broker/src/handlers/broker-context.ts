import type { Clock } from "@ims/common";
import type { BrokerLogger } from "../broker-options.js";
import type { Catalog } from "../catalog/catalog.js";
import type { CatalogRecords } from "../catalog/catalog-records.js";
import type { MetadataStore } from "../catalog/metadata-store.js";
import type { PartitionStore } from "../partitions/partition-store.js";
import type { RootCredentials } from "../session/credentials.js";
import type { SessionTable } from "../session/session-table.js";

/** What a read of the connection itself answers. */
export interface ConnectionFacts {
  /** Counts from 1 in this process. */
  readonly number: number;
  /** `ip:port` of the client. */
  readonly address: string;
  readonly userId: number;
}

/** Everything that commands work on. */
export interface BrokerContext {
  readonly catalog: Catalog;
  readonly metadata: MetadataStore;
  readonly records: CatalogRecords;
  readonly partitions: PartitionStore;
  readonly sessions: SessionTable;
  readonly credentials: RootCredentials;
  readonly clock: Clock;
  readonly logger: BrokerLogger;
  readonly pollBytesMax: number;
  readonly startedAtMicros: number;
  /** Where clients reach this broker. */
  readonly endpoint: () => { readonly host: string; readonly port: number };
  readonly connectionCount: () => number;
}
