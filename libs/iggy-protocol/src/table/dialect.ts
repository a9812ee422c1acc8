import { isMetadataOperation, isPartitionOperation, Operation } from "../frame/operation.js";
import type { TopicOptions } from "../primitives/topic-options.js";
import type { Command } from "./command.js";

/** A row whatever its types. */
export type CommandRow = Command<never, unknown>;

/** The parts of a request header that tell which command it is. */
export interface CommandHeader {
  readonly operation: number;
  /** Counts for operation 2 only. */
  readonly code: number;
}

/** A code that means something without having a row: no body of it is written or read here. */
export interface CodeAlias {
  readonly code: number;
  readonly name: string;
  readonly meaning: string;
}

/** What releases of one protocol number know differently. The number on the wire does not tell them apart. */
export interface DialectVariant {
  readonly name: string;
  /** Settings of a topic that its option catalog has. */
  readonly topicOptions: readonly (keyof TopicOptions)[];
  /** Reads that only this variant sends, and only where cluster metadata lists several nodes; others answer 3. */
  readonly clusterReads: readonly CodeAlias[];
  /** Its clients stamp the request checksum on register, logout, metadata writes and segment deletion. */
  readonly stampsChecksums: boolean;
}

/** One protocol version: its table and the variants that speak it. */
export interface ProtocolDialect<Rows extends object = Readonly<Record<string, unknown>>> {
  /** "0.11" */
  readonly name: string;
  /** Packed version that logins carry; any patch of it belongs to the dialect. */
  readonly version: number;
  readonly commands: Rows;
  readonly variants: readonly DialectVariant[];
}

/** Differences of a protocol version from the one before. */
export interface DialectChanges<Changed extends object, Retired extends PropertyKey> {
  readonly name: string;
  readonly version: number;
  /** Rows that are new, or take the place of rows of the same name. */
  readonly changed: Changed;
  /** Names of rows that are gone; their codes mean nothing any more. */
  readonly retired: readonly Retired[];
  readonly variants?: readonly DialectVariant[];
}

/** A dialect described by its differences from another one. */
export function describeDialect<Rows extends object, Changed extends object, Retired extends keyof Rows>(
  base: ProtocolDialect<Rows>,
  changes: DialectChanges<Changed, Retired>,
): ProtocolDialect<Omit<Rows, Retired | keyof Changed> & Changed> {
  const { name, version, changed, retired, variants = base.variants } = changes;
  const gone: readonly PropertyKey[] = retired;
  const kept = Object.entries(base.commands).filter(([key]) => !gone.includes(key));
  const commands = { ...Object.fromEntries(kept), ...changed };
  return { name, version, variants, commands: commands as Omit<Rows, Retired | keyof Changed> & Changed };
}

/** Finds rows of a table by what request headers carry. */
export class CommandIndex<Row extends Pick<CommandRow, "code" | "operation">> {
  /** Codes of commands that have an operation of their own and are refused (5) when they come as NonReplicated. */
  readonly replicatedCodes: ReadonlySet<number>;
  private readonly byCodes: ReadonlyMap<number, Row>;
  private readonly byOperations: ReadonlyMap<number, Row>;

  constructor(rows: readonly Row[]) {
    this.byCodes = new Map(rows.map((row) => [row.code, row]));
    this.byOperations = new Map(
      rows
        .filter(({ operation }) => operation !== Operation.NonReplicated)
        .map((row) => [row.operation, row]),
    );
    this.replicatedCodes = new Set(
      rows.filter(({ operation }) => isLogged(operation)).map(({ code }) => code),
    );
  }

  /** The row of a request header, or `undefined` for a command that the table does not have. */
  commandOf({ operation, code }: CommandHeader): Row | undefined {
    return operation === Operation.NonReplicated ? this.byCodes.get(code) : this.byOperations.get(operation);
  }

  byCode(code: number): Row | undefined {
    return this.byCodes.get(code);
  }
}

function isLogged(operation: number): boolean {
  return (
    isMetadataOperation(operation) ||
    isPartitionOperation(operation) ||
    operation === Operation.DeleteSegments
  );
}
