import type { Clock } from "@ims/common";
import type { BrokerLogger } from "../broker-options.js";
import type { Catalog } from "../catalog/catalog.js";
import type { CatalogRecords } from "../catalog/catalog-records.js";
import type { MetadataStore } from "../catalog/metadata-store.js";
import type { GroupCoordinator } from "../groups/group-coordinator.js";
import type { PartitionStore } from "../partitions/partition-store.js";
import type { LoginThrottle } from "../session/login-throttle.js";
import type { PasswordChecker } from "../session/password-checker.js";
import type { Session, SessionTable } from "../session/session-table.js";
import type { SnapshotSources } from "../snapshot/server-snapshot.js";

/** One open connection, as other connections may look at it. */
export interface ConnectedClient {
  /** Counts from 1 in this process. */
  readonly number: number;
  /** `ip:port` of the client. */
  readonly address: string;
  /** Undefined before the login and after the logout. */
  readonly session: Session | undefined;
}

/** Everything that commands work on. */
export interface BrokerContext {
  readonly catalog: Catalog;
  readonly metadata: MetadataStore;
  readonly records: CatalogRecords;
  readonly partitions: PartitionStore;
  readonly sessions: SessionTable;
  readonly groups: GroupCoordinator;
  readonly passwords: PasswordChecker;
  readonly logins: LoginThrottle;
  readonly clock: Clock;
  readonly logger: BrokerLogger;
  readonly pollBytesMax: number;
  /** Path of the folder with everything stored. */
  readonly dataDir: string;
  readonly snapshots: SnapshotSources;
  readonly startedAtMicros: number;
  /** Where clients reach this broker. */
  readonly endpoint: () => { readonly host: string; readonly port: number };
  /** Every open connection, with and without login. */
  readonly clients: () => readonly ConnectedClient[];
}
