export interface Project {
  readonly name: string;
  /** Folder relative to the workspace, with forward slashes. */
  readonly root: string;
  readonly tags: readonly string[];
  readonly packageName: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  /** Packages that an installation may lack: a source may load them with `import()`, when it needs them. */
  readonly optionalPeers: readonly string[];
  /** Paths as they stand in tsconfig.lib.json; undefined where the project has none. */
  readonly references: readonly string[] | undefined;
  readonly sources: readonly { readonly path: string; readonly text: string }[];
}

export interface Workspace {
  readonly projects: readonly Project[];
  /** Nx's edges between projects, by project name. */
  readonly edges: readonly { readonly source: string; readonly target: string }[];
  readonly rootDevDependencies: Readonly<Record<string, string>>;
  readonly rootReferences: readonly string[];
}

/** Rows of docs/architecture.md by folder. */
export type ProjectTable = ReadonlyMap<
  string,
  { readonly layer: string; readonly mayImport: ReadonlySet<string> | "any" }
>;

export declare const LAYER_IMPORTS: Readonly<Record<string, readonly string[]>>;
export declare function loadWorkspace(workspaceDir: string): Workspace;
export declare function parseProjectTable(markdown: string): ProjectTable;
export declare function checkEdges(workspace: Workspace, table: ProjectTable): string[];
export declare function checkImports(workspace: Workspace): string[];
export declare function checkReferences(workspace: Workspace): string[];
export declare function importsOf(source: string): { specifier: string; line: number; isDynamic: boolean }[];
export declare function packageOf(specifier: string): string | undefined;
