export interface ErrorTableLocation {
  readonly project: string;
  readonly file: string;
  readonly exportName: string;
}

export interface ErrorTableEntry {
  readonly summary: string;
  readonly action: string;
  readonly retryable: boolean;
}

export interface LoadedErrorTable {
  readonly project: string;
  readonly entries: Readonly<Record<string, ErrorTableEntry>>;
}

export declare function findErrorTables(workspaceDir: string): ErrorTableLocation[];
export declare function renderErrorReference(tables: readonly LoadedErrorTable[]): string;
