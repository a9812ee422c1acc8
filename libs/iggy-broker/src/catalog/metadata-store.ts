import { describeError } from "@ims/common";
import { type FileSystem, Journal, type JournalEntry, recoverJournal } from "@ims/segment-log";
import type { BrokerLogger } from "../broker-options.js";
import { fail } from "../errors.js";
import { Catalog } from "./catalog.js";
import { applyChange, type CatalogChange } from "./catalog-change.js";
import { decodeCatalog, encodeCatalog } from "./catalog-snapshot.js";
import { decodeChange } from "./decode-change.js";

const COMPACT_BYTES = 4 * 2 ** 20;

export interface MetadataStoreOptions {
  readonly fileSystem: FileSystem;
  readonly directory: string;
  readonly logger: BrokerLogger;
  /** Length at which the journal is replaced by a snapshot. Default 4 MiB. */
  readonly compactBytes?: number;
}

/** A change that is in the journal and in the catalog. */
export interface CommittedChange {
  /** Position in the one global order of changes; counts from 1 and goes on over restarts. */
  readonly sequence: number;
  /** Storage ids whose content is gone by the change. */
  readonly droppedStorageIds: readonly number[];
}

/**
 * The catalog and its journal. Work that changes it runs one after the other, each seeing the effect of the one before:
 * decide, write and sync, apply.
 */
export class MetadataStore {
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly catalog: Catalog,
    private readonly journal: Journal,
    private readonly options: MetadataStoreOptions,
  ) {}

  /** @throws ImsError `broker.data-corrupt`, `journal.corrupt` */
  static async open(options: MetadataStoreOptions): Promise<MetadataStore> {
    const { fileSystem, directory, logger } = options;
    let catalog = new Catalog();
    const state = () => encodeCatalog(catalog);
    const { journal, snapshot, entries, tornBytes } = await Journal.open({ fileSystem, directory, state });
    if (tornBytes > 0) logger.warn({ directory, tornBytes }, "an unconfirmed metadata entry was cut off");
    try {
      catalog = replay(snapshot, entries);
      return new MetadataStore(catalog, journal, options);
    } catch (cause) {
      await journal.close();
      throw unreplayable(directory, cause);
    }
  }

  /** Sequence of the last change. */
  get sequence(): number {
    return this.journal.sequence;
  }

  /** Runs work alone, behind all work that was handed in before. */
  exclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Whether the last change was refused by the disk; the next one is tried all the same. */
  get isRefusing(): boolean {
    return this.journal.isSuspended;
  }

  /**
   * Only within {@link exclusive}: makes the change durable and applies it.
   * @throws ImsError (rejected) `journal.failed` when the disk refuses it: the catalog stays as it is, and the change is
   *   not found after a restart once a later one was made
   */
  async commit(change: CatalogChange): Promise<CommittedChange> {
    const sequence = await this.append(Buffer.from(JSON.stringify(change)));
    const droppedStorageIds = applyChange(this.catalog, change);
    if (this.journal.sizeBytes >= (this.options.compactBytes ?? COMPACT_BYTES)) await this.compact();
    return { sequence, droppedStorageIds };
  }

  private async append(payload: Uint8Array): Promise<number> {
    const { directory, logger } = this.options;
    const wasRefusing = this.isRefusing;
    try {
      const sequence = await this.journal.append(payload);
      if (wasRefusing) logger.info({ directory }, "the disk takes changes of the metadata again");
      return sequence;
    } catch (error) {
      if (!wasRefusing) {
        const reason = describeError(error);
        logger.error({ directory, error: reason }, "the disk refuses changes of the metadata");
      }
      throw error;
    }
  }

  /** The change that led here is durable already, so a failure only means that the journal stays long. */
  private async compact(): Promise<void> {
    try {
      await this.journal.compact(encodeCatalog(this.catalog));
    } catch (error) {
      const reason = describeError(error);
      this.options.logger.warn({ error: reason }, "the metadata journal could not be replaced by a snapshot");
    }
  }

  /** Waits for running work, then closes the journal. */
  async close(): Promise<void> {
    await this.exclusive(() => this.journal.close());
  }
}

/**
 * Reads the catalog of a folder that no broker has open, and changes nothing.
 * @throws ImsError `broker.data-corrupt`, `journal.corrupt`
 */
export async function readCatalog(fileSystem: FileSystem, directory: string): Promise<Catalog> {
  const { snapshot, entries } = await recoverJournal(fileSystem, directory);
  try {
    return replay(snapshot, entries);
  } catch (cause) {
    throw unreplayable(directory, cause);
  }
}

function replay(snapshot: JournalEntry | undefined, entries: readonly JournalEntry[]): Catalog {
  const catalog = snapshot === undefined ? new Catalog() : decodeCatalog(snapshot.payload);
  for (const entry of entries) applyChange(catalog, decodeChange(entry.payload));
  return catalog;
}

function unreplayable(directory: string, cause: unknown) {
  return fail("broker.data-corrupt", `the metadata in ${directory} cannot be replayed`, { cause });
}
